'use client';

import { CLOSE, closeKindOf } from '@porthole/relay-contract';
import type { Machine, RecentSeat } from '../../server/machines/get-machine.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { duration } from '../../ui/format-amount.ts';
import { shortTime } from '../../ui/format-time.ts';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { CloseSeat } from '../live/close-seat.tsx';
import { RecentOperations } from '../power/recent-operations.tsx';
import { useMachine } from './use-machine.ts';

/** The last consoles of one machine and what was asked of its power, newest first. */
export function MachineActivity() {
  const { org, query } = useMachine();
  const machine = query.data;
  if (machine === undefined) return null;
  return (
    <div className="grid gap-12">
      <Consoles org={org} machine={machine} />
      <RecentOperations org={org} vmId={machine.id} />
    </div>
  );
}

function Consoles({ org, machine }: { org: string; machine: Machine }) {
  const t = useWords();
  const seats = machine.recentSeats;
  if (seats.length === 0) return <EmptyState title={t('machine.recent')} sentence={t('machine.noRecent')} />;
  const columns: readonly Column[] = [
    { key: 'time', label: t('log.time'), width: '9rem' },
    { key: 'who', label: t('log.who'), width: 'minmax(8rem,1fr)' },
    { key: 'kind', label: t('log.kind'), width: '6rem' },
    { key: 'duration', label: t('receipt.duration'), width: '8rem' },
    { key: 'end', label: t('machine.endedBy'), width: 'minmax(8rem,1fr)' },
  ];
  return (
    <Table label={t('machine.recent')} columns={columns} rows={seats} rowKey={(seat) => seat.id}>
      {(seat) => <SeatCells org={org} machine={machine} seat={seat} />}
    </Table>
  );
}

function SeatCells({ org, machine, seat }: { org: string; machine: Machine; seat: RecentSeat }) {
  const t = useWords();
  return (
    <>
      <Cell className="tabular font-mono text-xs">
        <time dateTime={seat.openedAt.toISOString()}>{shortTime(seat.openedAt)}</time>
      </Cell>
      <Cell className="truncate font-medium">
        <bdi translate="no">{seat.personName}</bdi>
      </Cell>
      <Cell className="text-ink-2">{t(`console.${seat.kind}`)}</Cell>
      <Cell className="tabular">
        {seat.closedAt === null
          ? t('machine.stillOpen')
          : duration(seat.closedAt.getTime() - seat.openedAt.getTime(), t)}
      </Cell>
      <Cell className="truncate text-ink-2">
        {seat.closeReason !== null && t('machine.closeReason', { reason: closeWord(seat.closeReason) })}
        {seat.closedAt === null && (
          <CloseSeat
            org={org}
            seat={{
              ...seat,
              person: seat.personName,
              machine: machine.name,
              since: seat.openedAt,
              mayClose: machine.rights.includes('share'),
            }}
          />
        )}
      </Cell>
    </>
  );
}

/** The selector of a close reason: its kind, or `other` for a word that the contract doesn't know. */
function closeWord(reason: string): string {
  const close = Object.values(CLOSE).find((known) => known.reason === reason);
  return close === undefined ? 'other' : (closeKindOf(close.code, close.reason) ?? 'other');
}
