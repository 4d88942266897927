'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import type { LiveSeat } from '../../server/live/list-seats.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { CloseSeat } from './close-seat.tsx';
import { RunningTime } from './running-time.tsx';

const SKELETON_ROWS = 4;

/** Every open console and who is on it, as it is now (design §5, "Live"). */
export function LivePage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const seats = useQuery(trpc.live.seats.queryOptions({ org }));
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = (seats.data ?? []).filter(({ person, machine }) =>
    `${person.name}\n${machine.name}`.toLowerCase().includes(wanted),
  );
  const consoles = new Set(found.map(({ machine, kind }) => `${machine.id} ${kind}`)).size;
  const people = new Set(found.map(({ person }) => person.id)).size;
  return (
    <>
      <title>{t('app.title', { page: t('live.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('live.title')} />
      <search className="flex pb-2">
        <SearchField
          label={t('live.search')}
          hint={t('live.searchHint')}
          clearLabel={t('live.noMatch.button')}
          value={search}
          onChange={setSearch}
        />
      </search>
      <p role="status" className="tabular min-h-8 text-ink-2 text-sm">
        {seats.data !== undefined && t('live.count', { people, consoles })}
      </p>
      {seats.data === undefined ? (
        seats.isError ? (
          <QueryFault error={apiErrorOf(seats.error)} onRetry={() => void seats.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['20%', '20%', '10%', '10%']} />
        )
      ) : seats.data.length === 0 ? (
        <EmptyState
          title={t('live.none.title')}
          sentence={t('live.none.sentence', { org: organisation?.name ?? org })}
        />
      ) : found.length === 0 ? (
        <EmptyState title={t('live.noMatch.title')} sentence={t('live.noMatch.sentence')}>
          <Button onClick={() => setSearch('')}>{t('live.noMatch.button')}</Button>
        </EmptyState>
      ) : (
        <SeatTable org={org} seats={found} />
      )}
    </>
  );
}

function SeatTable({ org, seats }: { org: string; seats: readonly LiveSeat[] }) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'machine', label: t('live.machine'), width: 'minmax(5rem,1.2fr)' },
    { key: 'person', label: t('live.person'), width: 'minmax(5rem,1.2fr)' },
    { key: 'does', label: t('live.does'), width: 'minmax(8rem,1fr)' },
    { key: 'since', label: t('live.since'), width: '5.5rem' },
    { key: 'close', label: t('live.close'), width: '4.5rem', hideLabel: true },
  ];
  return (
    <Table
      label={t('live.title')}
      columns={columns}
      rows={seats}
      rowKey={({ id }) => id}
      rowTestId="live-seat"
    >
      {(seat) => (
        <>
          <Cell className="truncate font-medium max-sm:flex-1">
            <StoryLink org={org} seat={seat} />
            {!seat.machine.isHere && (
              <span className="ps-2 font-normal text-ink-2 text-xs">{t('live.gone')}</span>
            )}
          </Cell>
          <Cell className="truncate max-sm:w-full max-sm:text-ink-2">
            <bdi translate="no">{seat.person.name}</bdi>
            {seat.person.isGuest && <span className="ps-2 text-ink-2 text-xs">{t('guests.mark')}</span>}
            {seat.person.isSupport && <span className="ps-2 text-ink-2 text-xs">{t('support.mark')}</span>}
            {seat.person.you && <span className="ps-2 text-ink-2 text-xs">{t('people.you')}</span>}
          </Cell>
          <Cell className="text-ink-2">
            {t('live.doing', { kind: seat.kind, does: seat.mayType ? 'type' : 'look' })}
          </Cell>
          <Cell className="tabular">
            <RunningTime since={seat.since} />
          </Cell>
          <Cell className="relative flex justify-end max-sm:ms-auto">
            <CloseSeat org={org} seat={{ ...seat, person: seat.person.name, machine: seat.machine.name }} />
          </Cell>
        </>
      )}
    </Table>
  );
}

/** The row is a link to the story of that console; Enter follows it (design §5, "Live"). */
function StoryLink({ org, seat: { machine, person } }: { org: string; seat: LiveSeat }) {
  const t = useWords();
  const query = new URLSearchParams({ kind: 'console', machine: machine.id, person: person.id });
  const story = person.isGuest ? `/o/${org}/guests/${person.id}` : `/o/${org}/log?${query}`;
  return (
    <Link
      href={story}
      aria-label={t('live.story', { person: person.name, machine: machine.name })}
      className="after:absolute after:inset-0 hover:underline"
    >
      <bdi translate="no">{machine.name}</bdi>
    </Link>
  );
}
