'use client';

import Link from 'next/link';
import type { GuestLinkRow } from '../../server/guests/guest-row.ts';
import { Button } from '../../ui/button.tsx';
import { exactTime, shortTime, untilTime } from '../../ui/format-time.ts';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useEndLink } from './use-end-link.ts';

/** Guest links as rows: whom, to which machine, how it stands, until when; ended in one press. */
export function GuestTable({
  org,
  rows,
  showMachine,
}: {
  org: string;
  rows: readonly GuestLinkRow[];
  showMachine: boolean;
}) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'guest', label: t('guests.guest'), width: 'minmax(9rem,1.4fr)' },
    ...(showMachine ? [{ key: 'machine', label: t('live.machine'), width: 'minmax(6rem,.8fr)' }] : []),
    { key: 'state', label: t('guests.state'), width: 'minmax(8rem,1fr)' },
    { key: 'until', label: t('access.until'), width: 'minmax(7rem,.8fr)' },
    { key: 'by', label: t('access.by'), width: 'minmax(6rem,.6fr)', from: 'xl' },
    { key: 'end', label: t('guests.end'), width: '6rem', hideLabel: true },
  ];
  return (
    <Table
      label={t('guests.title')}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      rowTestId="guest-link"
    >
      {(row) => <Cells org={org} row={row} showMachine={showMachine} />}
    </Table>
  );
}

function Cells({ org, row, showMachine }: { org: string; row: GuestLinkRow; showMachine: boolean }) {
  const t = useWords();
  const { end, busy } = useEndLink(org, row);
  return (
    <>
      <Cell className="max-sm:w-full">
        <Link
          href={`/o/${org}/guests/${row.id}`}
          aria-label={t('guests.storyOf', { guest: row.guest, machine: row.machine.name })}
          className="block truncate font-medium hover:underline"
        >
          <bdi translate="no">{row.guest}</bdi>
        </Link>
        <bdi translate="no" className="block truncate text-ink-2 text-xs">
          {row.email}
        </bdi>
      </Cell>
      {showMachine && (
        <Cell className="truncate">
          <bdi translate="no">{row.machine.name}</bdi>
        </Cell>
      )}
      <Cell className="text-ink-2">
        <LinkState row={row} />
      </Cell>
      <Cell className="text-ink-2">
        <time dateTime={row.endsAt.toISOString()} title={exactTime(row.endsAt)}>
          {untilTime(row.endsAt)}
        </time>
      </Cell>
      <Cell from="xl" className="truncate text-ink-2">
        <bdi translate="no">{row.by}</bdi>
      </Cell>
      <Cell className="flex justify-end max-sm:ms-auto">
        {(row.state === 'open' || row.state === 'inside' || row.state === 'waiting') && (
          <Button
            kind="quiet"
            size="small"
            aria-label={t('guests.endOf', { guest: row.guest })}
            reason={row.mayEnd ? null : t('access.endRefused')}
            busy={busy ? t('guests.end') : null}
            onClick={end}
          >
            {t('guests.end')}
          </Button>
        )}
      </Cell>
    </>
  );
}

/** How a link stands in words, and what became of its mail while nobody has come. */
export function LinkState({ row }: { row: GuestLinkRow }) {
  const t = useWords();
  const values = {
    state: row.state,
    time: row.endedAt === null ? '' : shortTime(row.endedAt),
    person: row.endedBy ?? '',
    by: row.endedBy === null ? 'none' : 'some',
  };
  const mail = row.state === 'open' ? (row.mail?.state ?? null) : null;
  return (
    <>
      {t('guests.stateIs', values)}
      {mail !== null && (
        <span className={mail === 'unsent' ? 'block text-bad text-xs' : 'block text-xs'}>
          {t('guests.mailIs', { mail })}
        </span>
      )}
    </>
  );
}
