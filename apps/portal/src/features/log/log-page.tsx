'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ChevronDown, X } from 'lucide-react';
import Link from 'next/link';
import { useParams, usePathname, useRouter, useSearchParams } from 'next/navigation';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { LogEvent } from '../../server/log/log-event.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC, useTRPCClient } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { clockTimeWithSeconds, dayName, exactTime, zoneName } from '../../ui/format-time.ts';
import { Menu, MenuChoices } from '../../ui/menu.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { actorMark, eventResult, eventSentence, isLoud } from './event-words.ts';
import { useVerification, Verdict } from './verify-log.tsx';

/** Loaded with the first event that is opened. */
const EventSheet = lazy(() => import('./event-sheet.tsx').then((file) => ({ default: file.EventSheet })));

const KINDS = ['console', 'access', 'policy', 'sign-in', 'pool', 'log'] as const;
type Kind = (typeof KINDS)[number];
const SKELETON_ROWS = 12;
const SEARCH_AFTER_MS = 200;

/** Who, what, when, how long; and the proof that nothing was changed (design §5). */
export function LogPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const api = useTRPCClient();
  const params = useSearchParams();
  const { set, address } = useLogAddress();
  const [typed, setTyped] = useState(params.get('q') ?? '');
  const q = useSettled(typed);
  const verification = useVerification(org);
  const kind = KINDS.find((known) => known === params.get('kind'));
  const person = params.get('person') ?? undefined;
  const machine = params.get('machine') ?? undefined;
  const seq = Number(params.get('event'));

  const filter = {
    org,
    ...(q.trim() === '' ? {} : { q }),
    ...(kind === undefined ? {} : { kind }),
    ...(person === undefined ? {} : { person }),
    ...(machine === undefined ? {} : { machine }),
  };
  const events = useInfiniteQuery({
    queryKey: [...trpc.log.list.pathKey(), filter],
    queryFn: ({ pageParam }) => api.log.list.query({ ...filter, cursor: pageParam }),
    initialPageParam: firstPage(),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (old) => old,
  });
  const rows = events.data?.pages.flatMap((page) => page.events);
  const filtered = q.trim() !== '' || kind !== undefined || person !== undefined || machine !== undefined;
  const clear = () => {
    setTyped('');
    set({ kind: null, person: null, machine: null, q: null });
  };

  useEffect(() => {
    if (q !== (params.get('q') ?? '')) set({ q: q === '' ? null : q });
  }, [q, params, set]);

  return (
    <>
      <title>{t('app.title', { page: t('log.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('log.title')} action={verification.button} />
      <Verdict {...verification} eventAddress={(at) => address({ event: String(at) })} />
      <search className="flex flex-wrap gap-2 pb-4 max-sm:[&>:first-child]:basis-full">
        <SearchField
          label={t('log.search')}
          hint={t('log.searchHint')}
          clearLabel={t('log.clear')}
          value={typed}
          onChange={setTyped}
        />
        <PersonFilter
          org={org}
          value={person ?? ''}
          onChange={(value) => set({ person: value === '' ? null : value })}
        />
        {machine !== undefined && (
          <MachineChip
            name={rows?.find(({ target }) => target?.id === machine)?.target?.name ?? machine.slice(0, 8)}
            onClear={() => set({ machine: null })}
          />
        )}
        <KindFilter value={kind ?? ''} onChange={(value) => set({ kind: value === '' ? null : value })} />
      </search>
      {rows === undefined ? (
        events.isError ? (
          <QueryFault error={apiErrorOf(events.error)} onRetry={() => void events.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['8%', '14%', '40%', '8%']} />
        )
      ) : rows.length === 0 ? (
        filtered ? (
          <EmptyState title={t('log.noMatch.title')} sentence={t('log.noMatch.sentence')}>
            <Button onClick={clear}>{t('log.noMatch.button')}</Button>
          </EmptyState>
        ) : (
          <EmptyState
            title={t('log.none.title')}
            sentence={t('log.none.sentence', { org: organisation?.name ?? org })}
          />
        )
      ) : (
        <EventTable rows={rows} address={(event) => address({ event: String(event) })} />
      )}
      {events.hasNextPage && (
        <div className="pt-4">
          <Button
            busy={events.isFetchingNextPage ? t('app.loading') : null}
            onClick={() => void events.fetchNextPage()}
          >
            {t('log.more')}
          </Button>
        </div>
      )}
      <Suspense>
        {seq > 0 && <EventSheet org={org} seq={seq} onClose={() => set({ event: null })} />}
      </Suspense>
    </>
  );
}

/** No cursor: the newest events. */
function firstPage(): number | null {
  return null;
}

type LogParam = 'q' | 'kind' | 'person' | 'machine' | 'event';

function useLogAddress() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const address = (change: Partial<Record<LogParam, string | null>>) => {
    const next = new URLSearchParams(params.toString());
    for (const [key, value] of Object.entries(change)) {
      if (value === null || value === undefined) next.delete(key);
      else next.set(key, value);
    }
    const text = next.toString();
    return text === '' ? path : `${path}?${text}`;
  };
  return {
    address,
    set: (change: Partial<Record<LogParam, string | null>>) =>
      router.replace(address(change), { scroll: false }),
  };
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function FilterTrigger({ label, set, ...rest }: { label: string; set: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      className={`press inline-flex min-h-(--control) items-center gap-2 rounded-md border border-edge! px-3 hover:bg-hover ${set ? 'bg-picked' : 'bg-surface'}`}
    >
      <bdi>{label}</bdi>
      <ChevronDown aria-hidden className="size-4 text-ink-2" />
    </button>
  );
}

function KindFilter({ value, onChange }: { value: Kind | ''; onChange: (value: Kind | '') => void }) {
  const t = useWords();
  const choices: { value: Kind | ''; label: string }[] = [
    { value: '', label: t('log.all') },
    ...KINDS.map((kind) => ({ value: kind, label: t(`log.kindLabel.${kind}`) })),
  ];
  return (
    <Menu
      align="end"
      trigger={
        <FilterTrigger
          label={value === '' ? t('log.kind') : t(`log.kindLabel.${value}`)}
          set={value !== ''}
        />
      }
    >
      <MenuChoices label={t('log.kind')} value={value} choices={choices} onChange={onChange} />
    </Menu>
  );
}

function PersonFilter({
  org,
  value,
  onChange,
}: {
  org: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const t = useWords();
  const trpc = useTRPC();
  const people = useQuery(trpc.people.list.queryOptions({ org }));
  const picked = people.data?.find(({ id }) => id === value);
  const choices = [
    { value: '', label: t('log.everyone') },
    ...(people.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <Menu
      align="end"
      trigger={<FilterTrigger label={picked?.name ?? t('log.person')} set={picked !== undefined} />}
    >
      <MenuChoices label={t('log.person')} value={value} choices={choices} onChange={onChange} />
    </Menu>
  );
}

/** That the log is of one machine now, and the way back to all. */
function MachineChip({ name, onClear }: { name: string; onClear: () => void }) {
  const t = useWords();
  return (
    <button
      type="button"
      aria-label={t('log.allMachines', { machine: name })}
      onClick={onClear}
      className="press inline-flex min-h-(--control) items-center gap-2 rounded-md border border-edge! bg-picked px-3 hover:bg-hover"
    >
      <span className="max-w-48 truncate">{t('log.onlyMachine', { machine: name })}</span>
      <X aria-hidden className="size-4 text-ink-2" />
    </button>
  );
}

function EventTable({ rows, address }: { rows: readonly LogEvent[]; address: (seq: number) => string }) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'time', label: t('log.timeIn', { zone: zoneName() }), width: '10rem' },
    { key: 'who', label: t('log.who'), width: 'minmax(7rem,.5fr)' },
    { key: 'what', label: t('log.what'), width: 'minmax(10rem,1.4fr)' },
    { key: 'result', label: t('log.result'), width: '7rem' },
    { key: 'from', label: t('log.from'), width: '9rem', from: 'xl' },
  ];
  return (
    <Table label={t('log.title')} columns={columns} rows={rows} rowKey={(event) => String(event.seq)}>
      {(event) => <EventCells event={event} href={address(event.seq)} />}
    </Table>
  );
}

function EventCells({ event, href }: { event: LogEvent; href: string }) {
  const t = useWords();
  const sentence = eventSentence(event, t);
  const result = eventResult(event, t);
  const mark = actorMark(event);
  const today = event.at.toDateString() === new Date().toDateString();
  return (
    <>
      <Cell className="tabular shrink-0 font-mono text-xs">
        <time dateTime={event.at.toISOString()} title={exactTime(event.at)}>
          {!today && <span className="text-ink-2">{`${dayName(event.at)} `}</span>}
          {clockTimeWithSeconds(event.at)}
        </time>
      </Cell>
      <Cell className="truncate font-medium">
        <bdi translate="no">{event.actor.kind === 'system' ? t('log.system') : event.actor.name}</bdi>
        {mark !== null && (
          <span className="block truncate font-normal text-ink-2 text-xs">
            {t(mark === 'guest' ? 'guests.mark' : 'support.mark')}
          </span>
        )}
        {event.actor.token !== undefined && (
          <span className="block truncate font-normal text-ink-2 text-xs">
            {t('log.byToken', { name: event.actor.token.name })}
          </span>
        )}
      </Cell>
      <Cell
        className={`[overflow-wrap:anywhere] max-sm:w-full sm:py-1 ${isLoud(event) ? 'font-medium text-warn' : ''}`}
      >
        <Link
          href={href}
          scroll={false}
          aria-label={t('log.openEvent', { seq: event.seq, sentence })}
          className="after:absolute after:inset-0 hover:underline"
        >
          <bdi>{sentence}</bdi>
        </Link>
      </Cell>
      <Cell className={event.outcome === 'ok' ? 'tabular text-ink-2' : 'text-bad'}>{result}</Cell>
      <Cell from="xl" className="truncate font-mono text-ink-2 text-xs">
        {event.ip ?? t('app.none')}
      </Cell>
    </>
  );
}
