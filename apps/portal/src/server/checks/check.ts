import { type CheckResult, type CheckStep, readSteps } from '@porthole/check-contract';
import type { Tx } from '@porthole/db';

/** A run as the history lists it. */
export interface CheckRow {
  id: string;
  poolId: string;
  /** What was checked: the pool, a host or a machine, by name. */
  targetName: string;
  kind: 'pool' | 'host' | 'vm';
  hostId: string | null;
  vmId: string | null;
  origin: 'person' | 'schedule';
  personName: string | null;
  state: 'waiting' | 'worker' | 'handed' | 'relay' | 'done' | 'cancelled' | 'broken';
  createdAt: Date;
  finishedAt: Date | null;
  /** Null for what has not ended, or did not come to its end. */
  result: CheckResult | null;
  cancelAsked: boolean;
}

/** A run with all that it found. */
export interface Check extends CheckRow {
  /** Where it was done from. */
  worker: string | null;
  relay: string | null;
  underWay: string | null;
  steps: CheckStep[];
  mayManage: boolean;
}

export const checkFields = {
  id: true,
  poolId: true,
  hostId: true,
  vmId: true,
  targetName: true,
  origin: true,
  personName: true,
  state: true,
  createdAt: true,
  finishedAt: true,
  result: true,
  cancelAskedAt: true,
} as const;

type Loaded = Omit<CheckRow, 'kind' | 'cancelAsked'> & { cancelAskedAt: Date | null };

export function toCheckRow({ cancelAskedAt, ...row }: Loaded): CheckRow {
  const kind = row.vmId !== null ? 'vm' : row.hostId !== null ? 'host' : 'pool';
  return { ...row, kind, cancelAsked: cancelAskedAt !== null };
}

export const stepsOf = (stored: unknown): CheckStep[] => readSteps(stored);

/** How a pool's checks stand: the newest result, and since when it has been so. */
export interface LastCheck {
  result: CheckResult;
  at: Date;
  since: Date;
}

/** The newest result of each pool's whole checks. Checks of one machine say nothing of a pool. */
export async function lastChecks(tx: Tx, tenantId: string): Promise<Map<string, LastCheck>> {
  const runs = await tx.checkRun.findMany({
    where: { tenantId, result: { not: null }, hostId: null, vmId: null },
    select: { poolId: true, result: true, finishedAt: true },
    orderBy: { createdAt: 'desc' },
  });
  const last = new Map<string, LastCheck>();
  const settled = new Set<string>();
  for (const { poolId, result, finishedAt } of runs) {
    if (result === null || finishedAt === null || settled.has(poolId)) continue;
    const newest = last.get(poolId);
    if (newest === undefined) last.set(poolId, { result, at: finishedAt, since: finishedAt });
    else if (newest.result === result) last.set(poolId, { ...newest, since: finishedAt });
    else settled.add(poolId);
  }
  return last;
}
