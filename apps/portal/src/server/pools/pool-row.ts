import type { PoolRow, PoolState } from './pool.ts';

export const poolFields = {
  id: true,
  displayName: true,
  address: true,
  port: true,
  state: true,
  stateReason: true,
  stateDetail: true,
  stateSince: true,
  lastSyncAt: true,
  productVersion: true,
  _count: { select: { hosts: true } },
} as const;

interface LoadedPool extends Omit<PoolRow, 'hosts' | 'machines'> {
  state: PoolState;
  _count: { hosts: number };
}

export function toPoolRow({ _count, ...pool }: LoadedPool, machines: number): PoolRow {
  return { ...pool, hosts: _count.hosts, machines };
}
