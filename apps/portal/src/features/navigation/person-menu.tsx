'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Menu, MenuChoices, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { initials } from '../../ui/presence.tsx';
import { useWords } from '../../words/use-words.ts';
import {
  applyDensity,
  applyLetters,
  applyTheme,
  DENSITIES,
  type Density,
  LETTERS,
  type Letters,
  readDensity,
  readLetters,
  readTheme,
  THEMES,
  type Theme,
} from '../account/appearance.ts';

/** Who is signed in, how the pages look to them, and the way out. */
export function PersonMenu({ person }: { person: { name: string; email: string } | null }) {
  const t = useWords();
  const router = useRouter();
  const trpc = useTRPC();
  const [theme, setTheme] = useState<Theme>('system');
  const [density, setDensity] = useState<Density>('comfortable');
  const [letters, setLetters] = useState<Letters>('on');
  useEffect(() => {
    setTheme(readTheme(document.documentElement.dataset.theme));
    setDensity(readDensity(document.documentElement.dataset.density));
    setLetters(readLetters(document.documentElement.dataset.letters));
  }, []);
  const signOut = useMutation(
    trpc.auth.signOut.mutationOptions({ onSettled: () => location.assign('/sign-in') }),
  );
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className="press grid size-8 place-items-center rounded-full bg-picked font-medium text-xs hover:bg-hover max-sm:size-(--control)"
        >
          {person !== null && <span aria-hidden>{initials(person.name)}</span>}
          <span className="sr-only">
            {person === null ? t('nav.menu') : t('nav.you', { name: person.name })}
          </span>
        </button>
      }
    >
      {person !== null && (
        <MenuLabel>
          <bdi translate="no" className="block font-medium text-ink text-sm">
            {person.name}
          </bdi>
          <bdi translate="no">{person.email}</bdi>
        </MenuLabel>
      )}
      <MenuLine />
      <MenuChoices
        label={t('theme.label')}
        value={theme}
        choices={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
        onChange={(value) => {
          setTheme(value);
          applyTheme(value);
        }}
      />
      <MenuLine />
      <MenuChoices
        label={t('theme.density')}
        value={density}
        choices={DENSITIES.map((value) => ({ value, label: t(`theme.${value}`) }))}
        onChange={(value) => {
          setDensity(value);
          applyDensity(value);
        }}
      />
      <MenuLine />
      <MenuChoices
        label={t('theme.letters')}
        value={letters}
        choices={LETTERS.map((value) => ({ value, label: t(`theme.${value}`) }))}
        onChange={(value) => {
          setLetters(value);
          applyLetters(value);
        }}
      />
      <MenuLine />
      <MenuItem onSelect={() => router.push('/account/email')}>{t('nav.email')}</MenuItem>
      <MenuItem onSelect={() => router.push('/account/security')}>{t('nav.security')}</MenuItem>
      <MenuItem onSelect={() => router.push('/account/sessions')}>{t('nav.sessions')}</MenuItem>
      <MenuItem onSelect={() => router.push('/account/tokens')}>{t('nav.tokens')}</MenuItem>
      <MenuItem onSelect={() => signOut.mutate()}>{t('nav.signOut')}</MenuItem>
    </Menu>
  );
}
