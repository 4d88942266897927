import type { Db } from '@porthole/db';
import type { Logger } from '@porthole/logger';
import type { Task, TaskList } from 'graphile-worker';
import { z } from 'zod';
import type { PoolWatches } from '../watch-all.ts';
import type { PoolTask } from '../watch-pool.ts';
import { WorkerError } from '../worker-error.ts';
import { type ProbeDeps, runProbe } from './run-probe.ts';

/** Where a worker tells the others what is asked of a pool that one of them watches. */
export const ASK_CHANNEL = 'worker_tasks';

export interface TaskDeps extends ProbeDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly watches: PoolWatches;
  readonly now: () => Date;
}

const probePayload = z.object({ tenantId: z.uuid(), probeId: z.uuid() });
const poolPayload = z.object({
  tenantId: z.uuid(),
  poolId: z.uuid().optional(),
  hostId: z.uuid().optional(),
});
const hintPayload = z.object({
  poolId: z.uuid(),
  task: z.enum(['sync-pool', 'refresh-session']),
  askedAt: z.iso.datetime(),
});

/** The jobs that portal and relay may ask for through `ask_worker()`. */
export function createTasks(deps: TaskDeps): TaskList {
  const forPool =
    (task: PoolTask): Task =>
    async (payload, { job }) => {
      const askedAt = askedAtOf(job, deps.now());
      const poolId = await poolOf(deps.db, poolPayload.parse(payload));
      if (poolId === null || deps.watches.ask(poolId, task, askedAt)) return;
      // Whoever has the lease hears this at once. A hint may be lost, so the job comes back until it met the right worker.
      const hint = JSON.stringify({ poolId, task, askedAt: askedAt.toISOString() });
      await deps.db.pool.query('SELECT pg_notify($1, $2)', [ASK_CHANNEL, hint]);
      if (job.attempts < job.max_attempts) throw new WorkerError('worker/not-the-watcher');
    };
  return {
    'probe-pool': async (payload) => void (await runProbe(deps, probePayload.parse(payload))),
    'sync-pool': forPool('sync-pool'),
    'refresh-session': forPool('refresh-session'),
  };
}

/** What another worker's hint asks of this one; a hint that is none is nobody's. */
export function takeHint(watches: Pick<PoolWatches, 'ask'>, payload: string, now: Date): void {
  const hint = hintPayload.safeParse(parseJson(payload));
  if (!hint.success) return;
  // Any role of the database can send a hint. One from the future would never count as done.
  const askedAt = new Date(Math.min(Date.parse(hint.data.askedAt), now.getTime()));
  watches.ask(hint.data.poolId, hint.data.task, askedAt);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * When it was asked. Not `created_at`: a job that is asked for again keeps its row (`job_key`). A second try was asked before the
 * first one's back-off of exp(attempts) seconds, and may have been done through the hint since.
 */
function askedAtOf({ attempts, run_at }: { attempts: number; run_at: Date }, now: Date): Date {
  return attempts <= 1 ? now : new Date(new Date(run_at).getTime() - Math.exp(attempts - 1) * 1_000);
}

/** The pool, if it is one of the organisation that asks. A refresh may name a host alone. */
async function poolOf(db: Db, payload: z.infer<typeof poolPayload>): Promise<string | null> {
  const { tenantId, poolId, hostId } = payload;
  if (poolId !== undefined) {
    const pool = await db.withTenant(tenantId, (tx) =>
      tx.pool.findFirst({ where: { tenantId, id: poolId }, select: { id: true } }),
    );
    return pool?.id ?? null;
  }
  if (hostId === undefined) return null;
  const host = await db.withTenant(tenantId, (tx) =>
    tx.host.findFirst({ where: { tenantId, id: hostId }, select: { poolId: true } }),
  );
  return host?.poolId ?? null;
}
