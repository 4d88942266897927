import { CHECK_LIMITS, type CheckStep } from '@porthole/check-contract';
import { type Db, translating } from '@porthole/db';
import type { WorkerTarget } from '@porthole/doctor';
import { z } from 'zod';
import type { PoolIds } from '../pools/read-pool.ts';

/** A run of one pool that has not ended. */
export interface OpenCheck {
  readonly id: string;
  readonly state: 'waiting' | 'worker' | 'handed' | 'relay';
  readonly hostId: string | null;
  readonly vmId: string | null;
  /** Who has it in the state `worker`. */
  readonly worker: string | null;
  readonly isCancelled: boolean;
}

/** The pool's run that is open, of which there is at most one. @throws DbError */
export async function openCheck(db: Db, { tenantId, poolId }: PoolIds): Promise<OpenCheck | null> {
  const row = await db.withTenant(tenantId, (tx) =>
    tx.checkRun.findFirst({
      where: { tenantId, poolId, finishedAt: null },
      select: { id: true, state: true, hostId: true, vmId: true, worker: true, cancelAskedAt: true },
    }),
  );
  if (row === null) return null;
  const { state, cancelAskedAt, ...rest } = row;
  if (state !== 'waiting' && state !== 'worker' && state !== 'handed' && state !== 'relay') return null;
  return { ...rest, state, isCancelled: cancelAskedAt !== null };
}

/** What a run is of, as our rows have it now; null where the host or machine is no more. @throws DbError */
export async function targetOf(
  db: Db,
  { tenantId, poolId }: PoolIds,
  { hostId, vmId }: OpenCheck,
): Promise<WorkerTarget | null> {
  return db.withTenant(tenantId, async (tx) => {
    const rows = await tx.host.findMany({
      where: { tenantId, poolId, ...(hostId === null ? {} : { id: hostId }) },
      select: { id: true, uuid: true, name: true, trust: { select: { fingerprint256: true } } },
      orderBy: [{ isCoordinator: 'desc' }, { name: 'asc' }],
    });
    const hosts = rows.map(({ uuid, name, trust }) => ({ uuid, name, hasPin: trust !== null }));
    if (vmId === null) {
      if (hostId === null) return { kind: 'pool', hosts };
      return hosts.length === 0 ? null : { kind: 'host', hosts };
    }
    const vm = await tx.vm.findFirst({
      where: { poolTenantId: tenantId, poolId, id: vmId, goneAt: null },
      select: { uuid: true, name: true, residentHostId: true },
    });
    if (vm === null) return null;
    const hostUuid = rows.find(({ id }) => id === vm.residentHostId)?.uuid ?? null;
    return { kind: 'vm', uuid: vm.uuid, name: vm.name, hostUuid, hosts };
  });
}

const answer = z.tuple([z.object({ done: z.boolean() })]);

async function ask(db: Db, sql: string, values: readonly unknown[]): Promise<boolean> {
  const { rows } = await translating(() => db.pool.query(sql, [...values]));
  const [{ done }] = answer.parse(rows);
  return done;
}

/** Takes a run that waits. @returns false where another was first, or it was called off @throws DbError */
export function beginCheck(db: Db, { tenantId }: PoolIds, id: string, holder: string): Promise<boolean> {
  return ask(db, 'SELECT check_begin($1, $2, $3) AS done', [tenantId, id, holder]);
}

/** Stores a step and names the next. @returns false where nobody waits for the run any more @throws DbError */
export function storeStep(
  db: Db,
  { tenantId }: PoolIds,
  { id, holder }: { readonly id: string; readonly holder: string },
  { step, next }: { readonly step: CheckStep | null; readonly next: string | null },
): Promise<boolean> {
  const stored = step === null ? null : JSON.stringify(step);
  return ask(db, 'SELECT check_step($1, $2, $3, $4::jsonb, $5) AS done', [
    tenantId,
    id,
    holder,
    stored,
    next,
  ]);
}

/** Leaves the rest to a relay. @throws DbError */
export function handCheck(db: Db, { tenantId }: PoolIds, id: string, holder: string): Promise<boolean> {
  return ask(db, 'SELECT check_hand($1, $2, $3) AS done', [tenantId, id, holder]);
}

/** Ends a run of the worker's as broken off, or as cancelled where somebody asked for that. @throws DbError */
export function breakOffCheck(db: Db, { tenantId }: PoolIds, id: string, holder: string): Promise<boolean> {
  return ask(db, `SELECT check_end($1, $2, $3, 'broken') AS done`, [tenantId, id, holder]);
}

/** Begins a run by the schedule where none is open. @throws DbError */
export async function scheduleCheck(db: Db, { tenantId, poolId }: PoolIds, holder: string): Promise<void> {
  await translating(() => db.pool.query('SELECT check_schedule($1, $2, $3)', [tenantId, poolId, holder]));
}

/** States in which the schedule looks: a refused account's next wrong sign-in would only raise another alert (xenapi.md §2.3). */
const SCHEDULED_STATES = ['connected', 'unreachable', 'untrusted'] as const;
const HOUR_MS = 3_600_000;

/** When the schedule's next run is due; null where there is none. @throws DbError */
export async function nextDue(db: Db, { tenantId, poolId }: PoolIds): Promise<Date | null> {
  const pool = await db.withTenant(tenantId, (tx) =>
    tx.pool.findFirst({
      where: { tenantId, id: poolId, removedAt: null, state: { in: [...SCHEDULED_STATES] } },
      select: {
        createdAt: true,
        checkEveryH: true,
        checks: { select: { createdAt: true }, orderBy: { createdAt: 'desc' }, take: 1 },
      },
    }),
  );
  if (pool === null || pool.checkEveryH === null) return null;
  const since = pool.checks[0]?.createdAt ?? pool.createdAt;
  return dueAfter(since, pool.checkEveryH, poolId);
}

/**
 * The pause after a run, earlier or later by up to a tenth: pools that were added or checked together drift apart, and every worker
 * comes to the same moment.
 *
 * @param everyH hours
 */
export function dueAfter(since: Date, everyH: number, poolId: string): Date {
  const spread = Number.parseInt(poolId.slice(0, 6), 16) ^ (since.getTime() & 0xffffff);
  const part = (spread / 0xffffff) * 2 - 1;
  return new Date(since.getTime() + everyH * HOUR_MS * (1 + part * CHECK_LIMITS.jitter));
}
