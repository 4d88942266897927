'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { count } from '../../ui/format-amount.ts';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { ResultBadge } from '../checks/check-history.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PoolBadge } from './pool-badge.tsx';

const SKELETON_ROWS = 4;
/** What needs a hand stands first. */
const GRAVITY = ['untrusted', 'refused', 'unreachable', 'new', 'paused', 'connected'];

/** All pools, their state, their hosts and machines, and when they were last read. */
export function PoolsPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const pools = useQuery(trpc.pools.list.queryOptions({ org }));
  const rows = [...(pools.data?.rows ?? [])].sort(
    (a, b) =>
      GRAVITY.indexOf(a.state) - GRAVITY.indexOf(b.state) || a.displayName.localeCompare(b.displayName),
  );
  const mayManage = pools.data?.mayManage === true;
  const add = (
    <LinkButton kind="primary" href={`/o/${org}/pools/new`}>
      {t('pools.add')}
    </LinkButton>
  );
  const columns: readonly Column[] = [
    { key: 'name', label: t('pools.name'), width: 'minmax(9rem,1fr)' },
    { key: 'state', label: t('pools.state'), width: 'minmax(10rem,1fr)' },
    { key: 'hosts', label: t('pools.hosts'), width: '5rem' },
    { key: 'machines', label: t('pools.machines'), width: '6rem' },
    { key: 'checks', label: t('checks.column'), width: 'minmax(8rem,.8fr)', from: 'sm' },
    { key: 'version', label: t('pools.version'), width: '8rem', from: 'xl' },
    { key: 'synced', label: t('pools.synced'), width: '9rem', from: 'lg' },
  ];
  return (
    <>
      <title>{t('app.title', { page: t('pools.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('pools.title')} {...(mayManage && rows.length > 0 ? { action: add } : {})}>
        {pools.data !== undefined && !mayManage && <p className="text-ink-2">{t('pools.noManage')}</p>}
      </PageHead>
      {pools.data === undefined ? (
        pools.isError ? (
          <QueryFault error={apiErrorOf(pools.error)} onRetry={() => void pools.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['20%', '15%', '8%', '8%']} />
        )
      ) : rows.length === 0 ? (
        mayManage ? (
          <EmptyState title={t('pools.none.title')} sentence={t('pools.none.sentence')}>
            {add}
          </EmptyState>
        ) : (
          <EmptyState title={t('pools.noneRead.title')} sentence={t('pools.noneRead.sentence')} />
        )
      ) : (
        <Table label={t('pools.title')} columns={columns} rows={rows} rowKey={(pool) => pool.id}>
          {(pool) => (
            <>
              <Cell className="max-sm:w-full">
                <Link
                  href={`/o/${org}/pools/${pool.id}`}
                  className="block truncate font-medium text-base after:absolute after:inset-0 hover:underline"
                >
                  <bdi translate="no">{pool.displayName}</bdi>
                </Link>
                <bdi translate="no" className="block truncate font-mono text-ink-2 text-xs">
                  {`${pool.address}:${pool.port}`}
                </bdi>
              </Cell>
              <Cell>
                <PoolBadge state={pool.state} />
              </Cell>
              <Cell className="tabular" from="sm">
                {count(pool.hosts)}
              </Cell>
              <Cell className="tabular" from="sm">
                {count(pool.machines)}
              </Cell>
              <Cell from="sm" className="min-w-0">
                {pool.lastCheck === null ? (
                  <span className="text-ink-3">{t('checks.notYet')}</span>
                ) : (
                  <span className="grid min-w-0" title={exactTime(pool.lastCheck.at)}>
                    <ResultBadge
                      result={pool.lastCheck.result}
                      word={t('checks.list', { result: pool.lastCheck.result })}
                    />
                    {pool.lastCheck.result !== 'good' && (
                      <span className="tabular truncate text-ink-2 text-xs">
                        {t('checks.listSince', { time: shortTime(pool.lastCheck.since) })}
                      </span>
                    )}
                  </span>
                )}
              </Cell>
              <Cell from="xl" className="truncate text-ink-2">
                <bdi translate="no">{pool.productVersion ?? t('app.none')}</bdi>
              </Cell>
              <Cell from="lg" className="tabular text-ink-2">
                {pool.lastSyncAt === null ? (
                  t('pools.never')
                ) : (
                  <time dateTime={pool.lastSyncAt.toISOString()} title={exactTime(pool.lastSyncAt)}>
                    {shortTime(pool.lastSyncAt)}
                  </time>
                )}
              </Cell>
            </>
          )}
        </Table>
      )}
    </>
  );
}
