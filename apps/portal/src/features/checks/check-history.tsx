'use client';

import Link from 'next/link';
import type { CheckRow } from '../../server/checks/check.ts';
import { duration } from '../../ui/format-amount.ts';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { resultKey } from './check-words.ts';

const BADGES = {
  good: { shape: 'disc', tone: 'good' },
  warn: { shape: 'triangle', tone: 'warn' },
  bad: { shape: 'triangle', tone: 'bad' },
} as const;

export function ResultBadge({ result, word }: { result: string; word: string }) {
  const known =
    result === 'good' || result === 'warn' || result === 'bad'
      ? BADGES[result]
      : ({ shape: result === 'open' ? 'arc' : 'dashed', tone: 'quiet' } as const);
  return <StateBadge {...known} word={word} />;
}

/** The runs that are kept, the newest first; a click shows one of them above. */
export function CheckHistory({
  org,
  poolId,
  runs,
  shown,
}: {
  org: string;
  poolId: string;
  runs: readonly CheckRow[];
  shown: string | null;
}) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'when', label: t('checks.when'), width: '9rem' },
    { key: 'what', label: t('checks.what'), width: 'minmax(8rem,1fr)' },
    { key: 'result', label: t('checks.result'), width: 'minmax(11rem,1fr)' },
    { key: 'who', label: t('checks.who'), width: 'minmax(8rem,1fr)', from: 'lg' },
  ];
  return (
    <section>
      <h2 className="pb-2 font-medium text-lg">{t('checks.history')}</h2>
      <Table label={t('checks.history')} columns={columns} rows={[...runs]} rowKey={(run) => run.id}>
        {(run) => (
          <>
            <Cell>
              <Link
                href={`/o/${org}/pools/${poolId}/checks?run=${run.id}`}
                aria-current={run.id === shown || undefined}
                aria-label={t('checks.pick', { time: shortTime(run.createdAt) })}
                title={exactTime(run.createdAt)}
                className={
                  run.id === shown
                    ? 'tabular font-medium after:absolute after:inset-0'
                    : 'tabular after:absolute after:inset-0 hover:underline'
                }
              >
                {shortTime(run.createdAt)}
              </Link>
            </Cell>
            <Cell className="truncate">
              <bdi translate="no">{run.targetName}</bdi>
            </Cell>
            <Cell>
              <ResultBadge
                result={resultKey(run)}
                word={`${t('checks.resultWord', { result: resultKey(run) })}${
                  run.finishedAt === null
                    ? ''
                    : `, ${duration(Math.max(run.finishedAt.getTime() - run.createdAt.getTime(), 1), t)}`
                }`}
              />
            </Cell>
            <Cell from="lg" className="truncate text-ink-2">
              {run.personName ?? t('checks.bySchedule')}
            </Cell>
          </>
        )}
      </Table>
    </section>
  );
}
