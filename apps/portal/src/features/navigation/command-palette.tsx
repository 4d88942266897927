'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { Dialog as Radix } from 'radix-ui';
import { type KeyboardEvent, useDeferredValue, useState } from 'react';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { classNames } from '../../ui/class-names.ts';
import { useLayerFocus } from '../../ui/layer-focus.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useWords } from '../../words/use-words.ts';
import { useMe } from '../account/use-me.ts';
import { filterMachines } from '../machines/machine-filter.ts';
import { STATE_LOOKS, stateKeyOf, stateWord } from '../machines/machine-state.ts';
import type { Place } from './places.ts';

const MOST_MACHINES = 12;

interface PaletteProps {
  open: boolean;
  onClose: () => void;
  org: string;
  places: readonly Place[];
}

/** A dialog with a combobox: machines first, then pages, then other organisations (design §2). */
export function CommandPalette(props: PaletteProps) {
  const t = useWords();
  const focus = useLayerFocus(() => null);
  return (
    <Radix.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fade fixed inset-0 z-(--z-sheet) bg-[oklch(0_0_0/.4)]" />
        <Radix.Content
          aria-describedby={undefined}
          {...focus}
          className="rise fixed inset-x-4 top-[10vh] z-(--z-palette) mx-auto flex max-h-[70vh] max-w-[560px] flex-col overflow-hidden rounded-lg border bg-surface shadow-2"
        >
          <Radix.Title className="sr-only">{t('palette.title')}</Radix.Title>
          <PaletteBody {...props} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface Entry {
  id: string;
  group: 'machines' | 'pages' | 'organisations';
  label: string;
  href: string;
  mark?: { shape: ReturnType<typeof lookOf>; word: string };
}

function lookOf(machine: Parameters<typeof stateKeyOf>[0]) {
  return STATE_LOOKS[stateKeyOf(machine)];
}

function PaletteBody({ onClose, org, places }: PaletteProps) {
  const t = useWords();
  const router = useRouter();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const entries = useEntries(useDeferredValue(query), org, places);
  const go = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    router.push(entry.href);
  };
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((old) => (entries.length === 0 ? 0 : (old + step + entries.length) % entries.length));
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      go(entries[at]);
    }
  };
  return (
    <>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[at] === undefined ? undefined : `palette-${entries[at].id}`}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
        className="h-12 shrink-0 border-b bg-transparent px-4 text-lg outline-none"
      />
      <div id="palette-list" role="listbox" aria-label={t('palette.title')} className="overflow-y-auto p-2">
        {entries.length === 0 && (
          <p className="px-3 py-4 text-ink-2 text-sm">{t('palette.nothing', { query })}</p>
        )}
        {entries.map((entry, index) => (
          <div key={entry.id}>
            {entries[index - 1]?.group !== entry.group && (
              <p aria-hidden className="px-3 pt-2 pb-1 text-ink-2 text-xs">
                {t(`palette.${entry.group}`)}
              </p>
            )}
            <div
              id={`palette-${entry.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onMouseMove={() => setAt(index)}
              onMouseDown={(event) => {
                event.preventDefault();
                go(entry);
              }}
              className={classNames(
                'flex min-h-(--control) cursor-pointer items-center justify-between gap-4 rounded-md px-3',
                index === at && 'bg-hover',
              )}
            >
              <bdi translate="no" className="truncate">
                {entry.label}
              </bdi>
              {entry.mark !== undefined && (
                <StateBadge {...entry.mark.shape} word={entry.mark.word} className="text-sm" />
              )}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function useEntries(query: string, org: string, places: readonly Place[]): Entry[] {
  const t = useWords();
  const trpc = useTRPC();
  const me = useMe();
  const machines = useQuery(trpc.machines.list.queryOptions({ org }));
  const wanted = query.trim().toLowerCase();
  const found = filterMachines(machines.data?.rows ?? [], { q: query, states: [], tags: [], sort: 'name' });
  const pages: Entry[] = places.map((place) => ({
    id: place,
    group: 'pages',
    label: t(`nav.${place}`),
    href: `/o/${org}/${place}`,
  }));
  pages.push({ id: 'security', group: 'pages', label: t('nav.security'), href: '/account/security' });
  pages.push({ id: 'sessions', group: 'pages', label: t('nav.sessions'), href: '/account/sessions' });
  pages.push({ id: 'tokens', group: 'pages', label: t('nav.tokens'), href: '/account/tokens' });
  const others = (me.data?.organisations ?? []).filter(({ slug }) => slug !== org);
  const organisations: Entry[] = others.map(({ slug, name }) => ({
    id: slug,
    group: 'organisations',
    label: name,
    href: `/o/${slug}`,
  }));
  return [
    ...found.slice(0, MOST_MACHINES).map<Entry>((machine) => ({
      id: machine.id,
      group: 'machines',
      label: machine.name,
      href: `/o/${org}/machines/${machine.id}`,
      mark: { shape: lookOf(machine), word: stateWord(machine, t) },
    })),
    ...[...pages, ...organisations].filter(({ label }) => label.toLowerCase().includes(wanted)),
  ];
}
