'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Pool, PoolHost } from '../../server/pools/get-pool.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { count } from '../../ui/format-amount.ts';
import { dayName, exactTime, shortTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { PoolBadge } from './pool-badge.tsx';
import { poolTrouble } from './pool-reason.ts';

const SKELETON_ROWS = 3;

/** One pool, its hosts and their fingerprints. */
export function PoolPage() {
  const t = useWords();
  const { org, id } = useParams<{ org: string; id: string }>();
  const trpc = useTRPC();
  const query = useQuery(trpc.pools.get.queryOptions({ org, id }));
  const crumbs = [{ href: `/o/${org}/pools`, label: t('pools.title') }];
  const pool = query.data;
  if (query.isError && pool === undefined) {
    const error = apiErrorOf(query.error);
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
  const trouble =
    pool.stateReason === null
      ? null
      : poolTrouble(
          pool.stateReason,
          { address: pool.address, account: pool.accounts[0]?.username ?? '' },
          t,
        );
  return (
    <>
      <title>{t('app.title', { page: pool.displayName, org: t('pools.title') })}</title>
      <PageHead
        crumbs={crumbs}
        crumbsLabel={t('nav.crumbs')}
        title={<bdi translate="no">{pool.displayName}</bdi>}
        {...(pool.mayManage ? { action: <RemovePool org={org} pool={pool} /> } : {})}
      >
        <p className="flex flex-wrap items-center gap-x-4 text-sm">
          <PoolBadge state={pool.state} />
          <span className="text-ink-2">{t('pools.since', { time: shortTime(pool.stateSince) })}</span>
        </p>
      </PageHead>
      {trouble !== null && (
        <section className="mb-8 max-w-[68ch] rounded-md bg-warn-soft px-4 py-3">
          <h2 className="font-medium text-warn">{trouble.title}</h2>
          <p className="text-sm">{trouble.sentence}</p>
        </section>
      )}
      <div className="grid gap-12">
        <PoolFacts pool={pool} />
        <Hosts pool={pool} />
      </div>
    </>
  );
}

function PoolFacts({ pool }: { pool: Pool }) {
  const t = useWords();
  return (
    <KeyValues>
      <KeyValue label={t('pools.address')}>
        <CopyChip value={`${pool.address}:${pool.port}`} label={t('pools.address')} max={48} />
      </KeyValue>
      <KeyValue label={t('addPool.pinAs')}>
        <Fingerprint value={pool.pin} />
      </KeyValue>
      <KeyValue label={t('pools.account')}>
        <bdi translate="no">{pool.accounts.map(({ username }) => username).join(', ') || t('app.none')}</bdi>
      </KeyValue>
      <KeyValue label={t('pools.version')}>
        <bdi translate="no">{pool.productVersion ?? t('app.none')}</bdi>
      </KeyValue>
      <KeyValue label={t('pools.synced')}>
        {pool.lastSyncAt === null ? t('pools.never') : exactTime(pool.lastSyncAt)}
      </KeyValue>
      <KeyValue label={t('pools.machines')}>
        <span className="tabular">{count(pool.machines)}</span>
      </KeyValue>
    </KeyValues>
  );
}

function Hosts({ pool }: { pool: Pool }) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'host', label: t('pools.host'), width: 'minmax(9rem,1fr)' },
    { key: 'state', label: t('pools.state'), width: '6rem' },
    { key: 'fingerprint', label: t('pools.fingerprint'), width: 'minmax(12rem,1.2fr)' },
    { key: 'trust', label: t('pools.trusted'), width: 'minmax(9rem,.8fr)', from: 'lg' },
    { key: 'valid', label: t('addPool.validTo'), width: '8rem', from: 'xl' },
  ];
  return (
    <section>
      <h2 className="pb-2 font-medium text-lg">{t('pools.hostsOf', { pool: pool.displayName })}</h2>
      <Table label={t('pools.hosts')} columns={columns} rows={pool.hostList} rowKey={(host) => host.id}>
        {(host) => <HostCells host={host} />}
      </Table>
    </section>
  );
}

function HostCells({ host }: { host: PoolHost }) {
  const t = useWords();
  const up = host.live && host.enabled;
  return (
    <>
      <Cell className="max-sm:flex-1">
        <bdi translate="no" className="block truncate font-medium">
          {host.name}
        </bdi>
        <span className="block truncate text-ink-2 text-xs">
          <bdi translate="no" className="font-mono">
            {host.address}
          </bdi>
          {host.isCoordinator && <span className="ps-3">{t('pools.coordinator')}</span>}
        </span>
      </Cell>
      <Cell>
        <StateBadge
          shape={up ? 'disc' : 'ring'}
          tone={up ? 'good' : 'quiet'}
          word={t('pools.live', { live: String(up) })}
        />
      </Cell>
      <Cell className="max-sm:w-full">
        {host.fingerprint256 === null ? (
          <span className="text-ink-3">{t('app.none')}</span>
        ) : (
          <CopyChip value={host.fingerprint256} label={t('pools.fingerprint')} max={29} />
        )}
      </Cell>
      <Cell from="lg" className="truncate text-ink-2">
        {t('pools.trust', { source: host.trust ?? 'none' })}
      </Cell>
      <Cell from="xl" className="tabular text-ink-2">
        {host.certificateEndsAt === null ? t('app.none') : dayName(host.certificateEndsAt)}
      </Cell>
    </>
  );
}

function RemovePool({ org, pool }: { org: string; pool: Pool }) {
  const t = useWords();
  const router = useRouter();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation(
    trpc.pools.remove.mutationOptions({
      onSuccess: () => {
        toast(t('pools.removed', { pool: pool.displayName }));
        router.push(`/o/${org}/pools`);
        void client.invalidateQueries(trpc.pools.list.pathFilter());
        void client.invalidateQueries(trpc.machines.pathFilter());
      },
      onError: (error) => {
        setAsking(false);
        toast(apiErrorOf(error).message);
      },
    }),
  );
  return (
    <>
      <Button onClick={() => setAsking(true)} aria-label={t('pools.removeOf', { pool: pool.displayName })}>
        {t('pools.remove')}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('pools.confirmRemove.title', { pool: pool.displayName })}
        sentence={t('pools.confirmRemove.sentence', { n: pool.machines })}
        typed={{ name: pool.displayName, label: t('pools.confirmRemove.type', { pool: pool.displayName }) }}
        button={t('pools.confirmRemove.button')}
        busy={remove.isPending ? t('pools.confirmRemove.button') : null}
        onConfirm={() => remove.mutate({ org, id: pool.id })}
      />
    </>
  );
}
