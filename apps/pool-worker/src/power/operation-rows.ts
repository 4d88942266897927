import { recordEvent } from '@porthole/audit';
import type { Db } from '@porthole/db';
import type { PowerAct, PowerFailure } from '@porthole/rbac';
import type { PoolIds } from '../pools/read-pool.ts';

/** An operation that has not ended, as it stands in the database. */
export interface OpenOperation {
  /** Who held the machine when it was asked. */
  readonly tenantId: string;
  readonly id: string;
  readonly vmId: string;
  readonly vmUuid: string;
  readonly vmName: string;
  readonly act: PowerAct;
  readonly step: 'waiting' | 'sending' | 'running';
  readonly personId: string;
  readonly personName: string;
  /** The API token by which a program asked for the person. */
  readonly tokenId: string | null;
  readonly tokenName: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly taskRef: string | null;
  readonly cancelAskedAt: Date | null;
}

/** How an operation ended. */
export interface OperationEnd {
  readonly step: 'done' | 'failed' | 'cancelled' | 'unclear';
  /** A key of design.md §7 without `power.`; null where it was done. */
  readonly failure: PowerFailure | null;
  /** The host's own words, cleaned and cut, where they say more. */
  readonly text: string | null;
}

/** Longest text of a host's that is kept, in characters; the column takes no longer one (migration 0016). */
export const MAX_FAILURE_TEXT = 500;
const WORKER = { kind: 'system', personId: null, name: 'pool-worker' } as const;

const fields = {
  tenantId: true,
  id: true,
  vmId: true,
  vmUuid: true,
  vmName: true,
  act: true,
  step: true,
  personId: true,
  personName: true,
  tokenId: true,
  tokenName: true,
  createdAt: true,
  sentAt: true,
  taskRef: true,
  cancelAskedAt: true,
} as const;

/** What is asked of a pool's machines, whoever holds them, the oldest first. @throws DbError */
export async function openOperations(db: Db, { tenantId, poolId }: PoolIds): Promise<OpenOperation[]> {
  const rows = await db.withTenant(tenantId, (tx) =>
    tx.powerOperation.findMany({
      where: { poolTenantId: tenantId, poolId, finishedAt: null },
      select: fields,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
  );
  return rows.flatMap((row) => (isOpen(row) ? [row] : []));
}

function isOpen<R extends { step: string }>(row: R): row is R & { step: OpenOperation['step'] } {
  return row.step === 'waiting' || row.step === 'sending' || row.step === 'running';
}

/** Whether the machine is still there and held by who asked. @throws DbError */
export async function isStillTheirs(db: Db, owner: PoolIds, operation: OpenOperation): Promise<boolean> {
  const vm = await db.withTenant(owner.tenantId, (tx) =>
    tx.vm.findFirst({
      where: {
        poolTenantId: owner.tenantId,
        poolId: owner.poolId,
        id: operation.vmId,
        tenantId: operation.tenantId,
        goneAt: null,
      },
      select: { id: true },
    }),
  );
  return vm !== null;
}

/**
 * Takes the operation for sending: whoever comes second, or after it was called off, gets nothing.
 * @returns whether it may be sent now
 * @throws DbError
 */
export function beginSending(db: Db, { tenantId, id }: OpenOperation, at: Date): Promise<boolean> {
  return db.withTenant(tenantId, async (tx) => {
    const { count } = await tx.powerOperation.updateMany({
      where: { tenantId, id, step: 'waiting', cancelAskedAt: null },
      data: { step: 'sending', sentAt: at },
    });
    return count === 1;
  });
}

/** The pool was too busy to take it: it waits again. @throws DbError */
export async function waitAgain(db: Db, { tenantId, id }: OpenOperation): Promise<void> {
  await db.withTenant(tenantId, (tx) =>
    tx.powerOperation.updateMany({
      where: { tenantId, id, step: 'sending' },
      data: { step: 'waiting', sentAt: null },
    }),
  );
}

/** The pool has taken it. @throws DbError */
export async function noteTask(db: Db, { tenantId, id }: OpenOperation, taskRef: string): Promise<void> {
  await db.withTenant(tenantId, (tx) =>
    tx.powerOperation.updateMany({
      where: { tenantId, id, finishedAt: null },
      data: { step: 'running', taskRef },
    }),
  );
}

/** @param progress 0 to 1 @throws DbError */
export async function noteProgress(db: Db, { tenantId, id }: OpenOperation, progress: number): Promise<void> {
  await db.withTenant(tenantId, (tx) =>
    tx.powerOperation.updateMany({ where: { tenantId, id, finishedAt: null }, data: { progress } }),
  );
}

/** Ends it once, with its event in the log of who held the machine. @throws DbError */
export function finishOperation(
  db: Db,
  operation: OpenOperation,
  { step, failure, text }: OperationEnd,
  at: Date,
): Promise<void> {
  const { tenantId, id, act, vmId, vmName, createdAt } = operation;
  return db.withTenant(tenantId, async (tx) => {
    const words = text === '' ? null : text;
    const { count } = await tx.powerOperation.updateMany({
      where: { tenantId, id, finishedAt: null },
      data: {
        step,
        finishedAt: at,
        failure,
        failureText: words,
        ...(step === 'done' ? { progress: 1 } : {}),
      },
    });
    if (count === 0) return;
    const told = {
      operationId: id,
      act,
      ms: Math.max(0, at.getTime() - createdAt.getTime()),
      asker: askerOf(operation),
    };
    const whom = { actor: WORKER, target: { kind: 'vm', id: vmId, name: vmName } } as const;
    if (step === 'done')
      await recordEvent(tx, tenantId, { action: 'power.done', outcome: 'ok', ...whom, data: told });
    else
      await recordEvent(tx, tenantId, {
        action: 'power.failed',
        outcome: 'failed',
        ...whom,
        data: { ...told, why: failure ?? step, ...(words === null ? {} : { text: words }) },
      });
  });
}

/** Who asked, and the token by which a program did it for them. */
function askerOf({ personId, personName, tokenId, tokenName }: OpenOperation) {
  return {
    id: personId,
    name: personName,
    ...(tokenId === null || tokenName === null ? {} : { token: { id: tokenId, name: tokenName } }),
  };
}
