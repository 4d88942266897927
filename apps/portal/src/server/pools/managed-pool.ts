import { askWorker, type Tx } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps } from '../deps-type.ts';
import { assertRates } from '../rate.ts';
import type { PoolState } from './pool.ts';

/** Changes of pools an organisation makes in a minute: each can be a sign-in, and failed ones raise alerts at the pool. */
export const CHANGES_PER_MINUTE = 30;

export interface ManagedPool {
  id: string;
  displayName: string;
  address: string;
  port: number;
  pin: string;
  state: PoolState;
}

/**
 * One change of a pool by who may manage it, in a transaction that begins with the question whether they may. Two changes
 * of one pool come one after the other.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`, LimitError `rate/limited`
 */
export async function changePool<T>(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  poolId: string,
  change: (tx: Tx, pool: ManagedPool, now: Date) => Promise<T>,
): Promise<T> {
  const { tenantId } = actor;
  await deps.db.withTenant(tenantId, (tx) => assertInTenant(tx, actor, 'pools.manage'));
  await assertRates(deps, [{ key: `pool.change:tenant:${tenantId}`, windowS: 60, max: CHANGES_PER_MINUTE }]);
  return deps.db.withTenant(tenantId, async (tx) => {
    const { now } = await assertInTenant(tx, actor, 'pools.manage');
    await tx.$queryRaw`SELECT 1 FROM pool WHERE tenant_id = ${tenantId}::uuid AND id = ${poolId}::uuid FOR UPDATE`;
    const pool = await tx.pool.findFirst({
      where: { tenantId, id: poolId, removedAt: null },
      select: { id: true, displayName: true, address: true, port: true, pin: true, state: true },
    });
    if (pool === null) throw new NotFoundError('pool', { poolId });
    return change(tx, pool, now);
  });
}

/** The worker begins with the pool anew: whatever was wrong may be right now. A paused pool stays so. */
export async function beginAnew(tx: Tx, actor: Actor, { id, state }: ManagedPool): Promise<void> {
  const { tenantId } = actor;
  if (state === 'paused') return;
  await tx.pool.updateMany({
    where: { tenantId, id },
    data: { state: 'new', stateReason: null, stateDetail: null, stateSince: new Date() },
  });
  await askWorker(tx, { task: 'sync-pool', tenantId, poolId: id });
}
