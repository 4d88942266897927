import { type AuditEventInput, recordEvent } from '@porthole/audit';
import type { Db, PoolState, Tx } from '@porthole/db';
import type { PoolIds } from './read-pool.ts';

type Told = 'pool.state' | 'pool.pin_mismatch' | 'pool.location_rejected' | 'credential.used';
type WithoutActor<E> = E extends { action: Told } ? Omit<E, 'actor'> : never;

/** The events that the worker has to tell of a pool. */
export type WorkerEvent = WithoutActor<AuditEventInput>;

export interface PoolRecordsDeps {
  readonly db: Db;
}

/** What the worker says about a pool. */
export interface NewState {
  readonly state: Exclude<PoolState, 'new' | 'paused'>;
  /** A code of ours; null where all is well. */
  readonly reason: string | null;
  /** A checked value that goes with the reason. */
  readonly detail?: string | null;
}

/**
 * Writes the pool's state where it differs, with the event beside it. A pool that somebody paused or removed meanwhile is left
 * alone. @throws DbError
 */
export async function setPoolState(
  { db }: PoolRecordsDeps,
  { tenantId, poolId }: PoolIds,
  next: NewState,
): Promise<void> {
  await db.withTenant(tenantId, async (tx) => {
    const pool = await tx.pool.findFirst({
      where: { tenantId, id: poolId, removedAt: null },
      select: { state: true, stateReason: true, stateDetail: true, displayName: true },
    });
    if (pool === null || pool.state === 'paused') return;
    const detail = next.detail ?? null;
    const isSame = pool.state === next.state && pool.stateReason === next.reason;
    if (isSame && pool.stateDetail === detail) return;
    const changed = await tx.pool.updateMany({
      where: { tenantId, id: poolId, state: pool.state },
      data: {
        state: next.state,
        stateReason: next.reason,
        stateDetail: detail,
        ...(isSame ? {} : { stateSince: new Date() }),
      },
    });
    if (changed.count === 0 || isSame) return;
    await record(tx, tenantId, {
      action: 'pool.state',
      outcome: next.state === 'connected' ? 'ok' : 'failed',
      target: { kind: 'pool', id: poolId, name: pool.displayName },
      data: { from: pool.state, to: next.state, reason: next.reason },
    });
  });
}

/** An event of its own, beside no change of a row. @throws DbError */
export async function recordAlone(
  { db }: PoolRecordsDeps,
  tenantId: string,
  events: readonly WorkerEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await db.withTenant(tenantId, async (tx) => {
    for (const event of events) await record(tx, tenantId, event);
  });
}

function record(tx: Tx, tenantId: string, event: WorkerEvent): Promise<number> {
  return recordEvent(tx, tenantId, {
    ...event,
    actor: { kind: 'system', personId: null, name: 'pool-worker' },
  });
}
