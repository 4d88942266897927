'use client';

import type { PowerOperationRow } from '../../server/power/power-operation.ts';
import { duration } from '../../ui/format-amount.ts';
import { shortTime } from '../../ui/format-time.ts';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOperations } from './use-power.ts';

/** What was asked of one machine's power, by whom, and what came of it. */
export function RecentOperations({ org, vmId }: { org: string; vmId: string }) {
  const t = useWords();
  const operations = useOperations(org, vmId).data;
  const columns: readonly Column[] = [
    { key: 'time', label: t('log.time'), width: '9rem' },
    { key: 'who', label: t('log.who'), width: 'minmax(8rem,1fr)' },
    { key: 'what', label: t('power.what'), width: '8rem' },
    { key: 'duration', label: t('receipt.duration'), width: '8rem' },
    { key: 'end', label: t('machine.endedBy'), width: 'minmax(8rem,1fr)' },
  ];
  if (operations === undefined) return null;
  return (
    <section>
      <h2 className="pb-2 font-medium text-lg">{t('power.recent')}</h2>
      {operations.length === 0 ? (
        <p className="text-ink-2 text-sm">{t('power.noRecent')}</p>
      ) : (
        <Table label={t('power.recent')} columns={columns} rows={operations} rowKey={(row) => row.id}>
          {(operation) => <OperationCells operation={operation} />}
        </Table>
      )}
    </section>
  );
}

function OperationCells({ operation }: { operation: PowerOperationRow }) {
  const t = useWords();
  const { createdAt, finishedAt, personName, act, step, failureText } = operation;
  return (
    <>
      <Cell className="tabular font-mono text-xs">
        <time dateTime={createdAt.toISOString()}>{shortTime(createdAt)}</time>
      </Cell>
      <Cell className="truncate font-medium">
        <bdi translate="no">{personName}</bdi>
      </Cell>
      <Cell>{t('power.act', { act })}</Cell>
      <Cell className="tabular">
        {finishedAt === null ? t('app.none') : duration(finishedAt.getTime() - createdAt.getTime(), t)}
      </Cell>
      <Cell className="min-w-0 truncate text-ink-2">
        {t('power.outcome', { step })}
        {failureText !== null && <bdi translate="no">{` – ${failureText}`}</bdi>}
      </Cell>
    </>
  );
}
