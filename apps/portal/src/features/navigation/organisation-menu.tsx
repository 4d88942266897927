'use client';

import { ChevronsUpDown } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Mark } from '../../ui/mark.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';

interface Organisation {
  slug: string;
  name: string;
}

/** Which organisation one is in, and the way to another. */
export function OrganisationMenu({
  current,
  organisations,
}: {
  current: Organisation | null;
  organisations: readonly Organisation[];
}) {
  const t = useWords();
  const router = useRouter();
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="press flex min-h-8 min-w-0 items-center gap-2 rounded-md px-2 font-medium hover:bg-hover max-sm:min-h-(--control)"
        >
          <Mark className="size-5 shrink-0 text-accent" />
          <bdi translate="no" className="max-w-48 truncate">
            {current?.name ?? t('app.name')}
          </bdi>
          <span className="sr-only">{t(current === null ? 'nav.organisations' : 'nav.switch')}</span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-2" />
        </button>
      }
    >
      {organisations.map((organisation) => (
        <MenuItem key={organisation.slug} onSelect={() => router.push(`/o/${organisation.slug}`)}>
          <bdi translate="no">{organisation.name}</bdi>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => router.push('/organisations?all')}>{t('nav.organisations')}</MenuItem>
    </Menu>
  );
}
