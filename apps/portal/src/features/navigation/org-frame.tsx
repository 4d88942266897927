'use client';

import { CircleHelp, Search } from 'lucide-react';
import { useParams } from 'next/navigation';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { useMe } from '../account/use-me.ts';
import { useLiveChanges } from '../live/use-live-changes.ts';
import { LockBanner } from '../locks/lock-banner.tsx';
import { SupportBanner } from '../support/support-banner.tsx';
import { FactorRequired } from './factor-required.tsx';
import { NothingHere } from './nothing-here.tsx';
import { OrganisationMenu } from './organisation-menu.tsx';
import { PersonMenu } from './person-menu.tsx';
import { pagesOf, placesOf } from './places.ts';
import { BottomBar, SideNavigation } from './primary-navigation.tsx';
import { useOfflineSince } from './use-online.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** Loaded when first asked for: half of the list pages' script otherwise. */
const CommandPalette = lazy(() =>
  import('./command-palette.tsx').then((file) => ({ default: file.CommandPalette })),
);
const KeyHelp = lazy(() => import('./key-help.tsx').then((file) => ({ default: file.KeyHelp })));

type Layer = 'palette' | 'keys' | null;

/** The frame of every page of an organisation but the console: it stands before any answer has come. */
export function OrgFrame({ children }: { children: ReactNode }) {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const me = useMe();
  const offlineSince = useOfflineSince();
  const [layer, setLayer] = useState<Layer>(null);
  const organisation = me.data?.organisations.find(({ slug }) => slug === org) ?? null;
  const closed = organisation?.factorMissing === true;
  const places = organisation === null || closed ? [] : placesOf(organisation);
  const pages = organisation === null || closed ? [] : pagesOf(organisation);
  useShortcuts({
    org,
    places,
    onPalette: () => setLayer('palette'),
    onHelp: () => setLayer('keys'),
  });
  // Only a member's page listens: a stranger's would be refused over and over.
  useLiveChanges(org, organisation !== null && !closed);
  const shut = closed ? <FactorRequired orgName={organisation.name} /> : null;
  const absent = me.data !== undefined && organisation === null;

  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:start-4 focus:top-2 focus:z-(--z-banner) focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        {t('app.skip')}
      </a>
      <header className="sticky top-0 z-(--z-bar) flex h-12 items-center gap-2 border-b bg-canvas px-2 sm:px-4">
        <OrganisationMenu current={organisation} organisations={me.data?.organisations ?? []} />
        <div className="flex-1" />
        <button
          type="button"
          onClick={() => setLayer('palette')}
          className="press flex min-h-8 items-center gap-2 rounded-md px-2 text-ink-2 text-sm hover:bg-hover hover:text-ink max-sm:min-h-(--control) sm:border"
        >
          <Search aria-hidden className="size-4" />
          <span className="max-sm:sr-only">{t('nav.search')}</span>
          <kbd className="font-mono text-xs max-sm:hidden">Ctrl K</kbd>
        </button>
        <button
          type="button"
          aria-label={t('nav.help')}
          onClick={() => setLayer('keys')}
          className="press grid size-8 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink max-sm:hidden"
        >
          <CircleHelp aria-hidden className="size-4" />
        </button>
        <PersonMenu person={me.data?.person ?? null} />
      </header>
      {offlineSince !== null && (
        <Banner>
          {t('app.offline.title')}
          <span className="ps-3">{t('app.offline.sentence', { time: clockTime(offlineSince) })}</span>
        </Banner>
      )}
      {organisation !== null && !closed && (
        <>
          {offlineSince === null && <LockBanner org={org} />}
          <SupportBanner org={org} />
        </>
      )}
      <div className="flex min-h-0 flex-1">
        {!absent && <SideNavigation org={org} places={places} />}
        <main
          id="content"
          tabIndex={-1}
          className="min-w-0 flex-1 px-4 pt-6 pb-36 outline-none sm:px-8 sm:pb-12"
        >
          {absent ? <NothingHere href="/organisations" /> : (shut ?? children)}
        </main>
      </div>
      {!absent && <BottomBar org={org} places={places} />}
      <Suspense>
        {layer === 'palette' && (
          <CommandPalette open onClose={() => setLayer(null)} org={org} places={pages} />
        )}
        {layer === 'keys' && <KeyHelp open onClose={() => setLayer(null)} />}
      </Suspense>
    </div>
  );
}
