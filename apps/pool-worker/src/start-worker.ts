import { createPgPool, type Db, type DbOptions, listen, translating } from '@porthole/db';
import type { Logger } from '@porthole/logger';
import { WAIT_FOR_POOL_MS } from '@porthole/rbac';
import { Logger as JobLogger, type Runner, run } from 'graphile-worker';
import { z } from 'zod';
import { every } from './every.ts';
import { runProbe } from './jobs/run-probe.ts';
import { ASK_CHANNEL, createTasks, takeHint } from './jobs/tasks.ts';
import { LEASE_S, PoolWatches, TICK_MS, type WatchAllDeps } from './watch-all.ts';

export interface StartDeps extends WatchAllDeps {
  /** For the connections that are not Prisma's: the queue's and the listener's. */
  readonly database: DbOptions;
}

export interface Worker {
  readonly watches: PoolWatches;
  /** Stops watching, gives the leases back and waits for jobs under way. Sessions at the pools stay: relays dial with them. */
  stop(): Promise<void>;
}

/** Jobs at once in one worker: they wait for hosts, not for the processor. */
const JOB_CONCURRENCY = 4;
const JOB_POLL_MS = 1_000;
const PROBE_POLL_MS = 3_000;
const HEARTBEAT_MS = 30_000;
const REAP_MS = 10_000;
const HOUSEKEEP_MS = 300_000;
const EXPIRE_MS = 15_000;
/** The log tells of what ended by its date within so long, as long as no more than a round ends at once. */
const ENDS_MS = 5_000;
const MS_PER_LEASE_CHECK = 1_000;
/** Names the pool of a power operation that is waiting or to be called off (migration 0016). */
const POWER_CHANNEL = 'power_asked';
/** Names the pool of a check that is waiting or to be called off (migration 0018). */
const CHECK_CHANNEL = 'check_asked';
const CHECKS_EXPIRE_MS = 5_000;

/**
 * Starts everything that a worker does: watching pools, answering probes, jobs. NOTIFY only hastens; a poll stands behind each
 * hint (architecture §1).
 * @throws DbError, and what graphile-worker throws if its tables are not there
 */
export async function startWorker(deps: StartDeps): Promise<Worker> {
  const { db, log, database } = deps;
  // The database client compiles itself at its first use: now, not in front of the first pool.
  await db.withoutTenant((tx) => tx.tenant.count());
  const watches = new PoolWatches(deps);
  const jobs = await startJobs(deps, watches);
  const tick = every({ ms: TICK_MS, log, what: 'pools' }, () => watches.tick());
  const chores = [
    tick,
    every({ ms: MS_PER_LEASE_CHECK, log, what: 'leases' }, async () => watches.stopExpired()),
    every({ ms: PROBE_POLL_MS, log, what: 'probes' }, () => answerProbes(deps)),
    every({ ms: REAP_MS, log, what: 'seats of lost relays' }, () => call(db, 'SELECT seats_reap()')),
    every({ ms: EXPIRE_MS, log, what: 'power operations that waited too long' }, () =>
      call(db, `SELECT power_expire(${WAIT_FOR_POOL_MS / 1_000})`),
    ),
    every({ ms: CHECKS_EXPIRE_MS, log, what: 'checks that nobody carries on' }, () =>
      call(db, 'SELECT check_expire()'),
    ),
    every({ ms: ENDS_MS, log, what: 'what ended by its date' }, () => call(db, 'SELECT ends_tell()')),
    every({ ms: HOUSEKEEP_MS, log, what: 'housekeeping' }, () => call(db, 'SELECT housekeep()')),
    every({ ms: HOUSEKEEP_MS, log, what: 'old visits of guests' }, () =>
      call(db, 'SELECT guest_visits_tidy()'),
    ),
    every({ ms: HEARTBEAT_MS, log, what: 'heartbeat' }, async () => {
      log.info(
        { pools: watches.pools.length, rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) },
        'alive',
      );
    }),
  ];
  const listener = listen({
    ...database,
    channels: ['pools', POWER_CHANNEL, CHECK_CHANNEL, ASK_CHANNEL],
    onNotify: ({ channel, payload }) => {
      if (channel === ASK_CHANNEL) takeHint(watches, payload, deps.now());
      else if (channel === POWER_CHANNEL) watches.wakePower(payload);
      else if (channel === CHECK_CHANNEL) watches.wakeChecks(payload);
      else tick.now();
    },
    onGap: () => tick.now(),
  });
  log.info({ holder: deps.holder, leaseS: deps.leaseS ?? LEASE_S }, 'the worker has started');
  return {
    watches,
    async stop() {
      await Promise.all(chores.map((chore) => chore.stop()));
      await Promise.all([jobs.stop(), listener.close()]);
      await watches.close();
    },
  };
}

async function startJobs(deps: StartDeps, watches: PoolWatches): Promise<{ stop(): Promise<void> }> {
  const pgPool = createPgPool({ ...deps.database, maxConnections: JOB_CONCURRENCY + 2 });
  const runner: Runner = await run({
    pgPool,
    taskList: createTasks({ ...deps, watches }),
    concurrency: JOB_CONCURRENCY,
    pollInterval: JOB_POLL_MS,
    noHandleSignals: true,
    logger: jobLogger(deps.log),
  });
  return {
    async stop() {
      await runner.stop();
      await pgPool.end();
    },
  };
}

const probeRows = z.array(z.object({ tenant_id: z.string(), probe_id: z.string() }));

/** Probes whose job was lost, or is still waiting behind others. */
async function answerProbes(deps: StartDeps): Promise<void> {
  const { rows } = await translating(() =>
    deps.db.pool.query('SELECT tenant_id, probe_id FROM probes_to_run()'),
  );
  for (const row of probeRows.parse(rows)) {
    await runProbe(deps, { tenantId: row.tenant_id, probeId: row.probe_id });
  }
}

async function call(db: Db, sql: string): Promise<void> {
  await translating(() => db.pool.query(sql));
}

/** graphile-worker's own lines, in ours. Its messages may hold payloads of jobs: ids, by `ask_worker()`'s closed list. */
function jobLogger(log: Logger): JobLogger {
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;
  return new JobLogger((scope) => (level, message, meta) => {
    log[levels[level]](
      { job: scope.jobId, task: scope.taskIdentifier, err: meta?.error, detail: message },
      'queue',
    );
  });
}
