'use client';

import type { ReactNode } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { shortTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import { LockEntry } from '../locks/lock-entry.tsx';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PoolBadge } from './pool-badge.tsx';
import { PoolTroubleNotice } from './pool-trouble-notice.tsx';
import { usePool } from './use-pool.ts';

const SKELETON_ROWS = 3;

/** Head, trouble and tabs of one pool. */
export function PoolFrame({ children }: { children: ReactNode }) {
  const t = useWords();
  const { org, id, query } = usePool();
  const crumbs = [{ href: `/o/${org}/pools`, label: t('pools.title') }];
  const base = `/o/${org}/pools/${id}`;
  const pool = query.data;
  if (query.isError && pool === undefined) {
    const error = apiErrorOf(query.error);
    // Malformed, absent and foreign look alike.
    if (error.code.endsWith('/not-found') || error.code === 'request/unreadable')
      return <NothingHere href={`/o/${org}/pools`} />;
    return (
      <>
        <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={t('pools.title')} />
        <QueryFault error={error} onRetry={() => void query.refetch()} />
      </>
    );
  }
  if (pool === undefined)
    return (
      <>
        <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={t('app.loading')} />
        <SkeletonRows rows={SKELETON_ROWS} columns={['20%', '15%', '40%']} />
      </>
    );
  return (
    <>
      <title>{t('app.title', { page: pool.displayName, org: t('pools.title') })}</title>
      <PageHead
        crumbs={crumbs}
        crumbsLabel={t('nav.crumbs')}
        title={<bdi translate="no">{pool.displayName}</bdi>}
        action={<LockEntry org={org} wish={{ scope: 'pool', id: pool.id, name: pool.displayName }} />}
      >
        <p className="flex flex-wrap items-center gap-x-4 text-sm">
          <PoolBadge state={pool.state} />
          <span className="text-ink-2">{t('pools.since', { time: shortTime(pool.stateSince) })}</span>
        </p>
      </PageHead>
      <PoolTroubleNotice org={org} pool={pool} />
      <Tabs
        label={t('pools.tabs', { pool: pool.displayName })}
        tabs={[
          { href: base, label: t('pools.overview') },
          ...(pool.mayManage ? [{ href: `${base}/allotment`, label: t('allotment.title') }] : []),
          { href: `${base}/checks`, label: t('checks.tab') },
          ...(pool.mayManage ? [{ href: `${base}/settings`, label: t('pools.settings') }] : []),
        ]}
      />
      <div className="pt-6">{children}</div>
    </>
  );
}
