'use client';

import type { Pool, PoolHost } from '../../server/pools/get-pool.ts';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { count } from '../../ui/format-amount.ts';
import { dayName, exactTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { CheckHost } from '../checks/check-buttons.tsx';
import { Fingerprint } from './fingerprint.tsx';
import { HostAddress } from './host-address.tsx';
import { reachWord } from './pool-reason.ts';
import { usePool } from './use-pool.ts';

/** What is known of one pool, its hosts and their fingerprints. */
export function PoolPage() {
  const { org, query } = usePool();
  const pool = query.data;
  // The frame shows what is missing and why.
  if (pool === undefined) return null;
  return (
    <div className="grid gap-12">
      <PoolFacts pool={pool} />
      <Hosts org={org} pool={pool} />
    </div>
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
      {pool.account !== null && (
        <KeyValue label={t('pools.role.label')}>
          {pool.account.superuser
            ? t('pools.role.root')
            : t('pools.role.limited', {
                lacks: pool.account.lacks.includes('console')
                  ? 'console'
                  : pool.account.lacks.includes('power')
                    ? 'power'
                    : 'nothing',
              })}
        </KeyValue>
      )}
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

function Hosts({ org, pool }: { org: string; pool: Pool }) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'host', label: t('pools.host'), width: 'minmax(9rem,1fr)' },
    { key: 'state', label: t('pools.state'), width: '4rem' },
    { key: 'fingerprint', label: t('pools.fingerprint'), width: 'minmax(12rem,1.2fr)' },
    { key: 'trust', label: t('pools.trusted'), width: 'minmax(7rem,.8fr)', from: 'lg' },
    { key: 'valid', label: t('addPool.validTo'), width: '6.5rem', from: 'xl' },
    ...(pool.mayManage
      ? [{ key: 'change', label: t('pools.hostAddress.column'), width: '12rem' } as const]
      : []),
  ];
  return (
    <section id="hosts" className="scroll-mt-16">
      <h2 className="pb-2 font-medium text-lg">{t('pools.hostsOf', { pool: pool.displayName })}</h2>
      <Table label={t('pools.hosts')} columns={columns} rows={pool.hostList} rowKey={(host) => host.id}>
        {(host) => <HostCells org={org} pool={pool} host={host} />}
      </Table>
    </section>
  );
}

function HostCells({ org, pool, host }: { org: string; pool: Pool; host: PoolHost }) {
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
            {host.overrideAddress ?? host.address}
          </bdi>
          {host.overrideAddress !== null && (
            <span className="ps-3">{t('pools.hostAddress.instead', { address: host.address })}</span>
          )}
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
        {host.reachFailure !== null ? (
          <span className="text-warn">{reachWord(host.reachFailure, t)}</span>
        ) : host.fingerprint256 === null ? (
          <span className="text-ink-3">{t('app.none')}</span>
        ) : (
          <CopyChip value={host.fingerprint256} label={t('pools.fingerprint')} max={17} />
        )}
      </Cell>
      <Cell from="lg" className="text-ink-2">
        {t('pools.trust', { source: host.trust ?? 'none' })}
      </Cell>
      <Cell from="xl" className="tabular text-ink-2">
        {host.certificateEndsAt === null ? t('app.none') : dayName(host.certificateEndsAt)}
      </Cell>
      {pool.mayManage && (
        <Cell>
          <span className="flex flex-wrap">
            <CheckHost org={org} poolId={pool.id} host={host} />
            <HostAddress org={org} poolId={pool.id} host={host} />
          </span>
        </Cell>
      )}
    </>
  );
}
