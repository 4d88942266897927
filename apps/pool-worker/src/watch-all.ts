import { acquireLease, releaseLease, translating } from '@porthole/db';
import { z } from 'zod';
import { type PoolTask, PoolWatch, type WatchDeps } from './watch-pool.ts';

/** How long a lease holds, in seconds: with the look of the next worker, a dead one's pools have another watcher within 15 s. */
export const LEASE_S = 12;
/** How often the list of pools is read and leases are renewed, in milliseconds. */
export const TICK_MS = 3_000;

export interface WatchAllDeps extends WatchDeps {
  readonly leaseS?: number;
}

interface Running {
  readonly watch: PoolWatch;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  /** When the lease runs out at the latest, by our own clock. */
  leaseUntil: number;
}

const poolIds = z.array(z.object({ tenant_id: z.string(), pool_id: z.string() }));

/**
 * All pools that this worker has the lease of. {@link tick} brings the list in step: takes free pools, renews leases, and stops
 * where one was lost, before another worker may begin.
 */
export class PoolWatches {
  readonly #deps: WatchAllDeps;
  readonly #leaseS: number;
  readonly #running = new Map<string, Running>();
  #ticking: Promise<void> | null = null;

  constructor(deps: WatchAllDeps) {
    this.#deps = deps;
    this.#leaseS = deps.leaseS ?? LEASE_S;
  }

  /** Ids of the pools that are watched here. */
  get pools(): string[] {
    return [...this.#running.keys()];
  }

  /** One look at the list; a second one at the same time is the same one. @throws DbError */
  tick(): Promise<void> {
    this.#ticking ??= this.#tickOnce().finally(() => {
      this.#ticking = null;
    });
    return this.#ticking;
  }

  /** @returns false if the pool is not watched here */
  ask(poolId: string, task: PoolTask, askedAt: Date): boolean {
    const running = this.#running.get(poolId);
    running?.watch.ask(task, askedAt);
    return running !== undefined;
  }

  /** Something is asked of the power of a machine there. */
  wakePower(poolId: string): void {
    this.#running.get(poolId)?.watch.wakePower();
  }

  /** Something is asked about that pool. */
  wakeChecks(poolId: string): void {
    this.#running.get(poolId)?.watch.wakeChecks();
  }

  /** Stops everything and gives the leases back, so that another worker begins at once. */
  async close(): Promise<void> {
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /**
   * Stops pools whose lease could not be renewed, because the database is away: by now another worker may have them. Call it
   * often; it asks nobody.
   */
  stopExpired(): void {
    const at = this.#deps.now().getTime();
    for (const [poolId, { leaseUntil }] of this.#running) {
      if (at >= leaseUntil) this.#stopOne(poolId, 'the lease could not be renewed');
    }
  }

  async #tickOnce(): Promise<void> {
    const listed = await this.#listPools();
    for (const { tenantId, poolId } of listed) {
      const leaseUntil = await this.#takeLease(poolId);
      const running = this.#running.get(poolId);
      if (leaseUntil !== null && running === undefined) this.#start({ tenantId, poolId }, leaseUntil);
      else if (leaseUntil !== null) await running?.watch.checkConfig();
      else if (running !== undefined) this.#stopOne(poolId, 'another worker has the lease');
    }
    const wanted = new Set(listed.map(({ poolId }) => poolId));
    // Removed pools: their watchers see it themselves, and log out.
    for (const [poolId, { watch }] of this.#running) if (!wanted.has(poolId)) await watch.checkConfig();
  }

  async #listPools(): Promise<{ tenantId: string; poolId: string }[]> {
    const { rows } = await translating(() =>
      this.#deps.db.pool.query('SELECT tenant_id, pool_id FROM pools_to_watch()'),
    );
    return poolIds.parse(rows).map((row) => ({ tenantId: row.tenant_id, poolId: row.pool_id }));
  }

  /** @returns when the lease runs out at the latest, by our own clock; null if another worker has it */
  async #takeLease(poolId: string): Promise<number | null> {
    const { db, holder, now } = this.#deps;
    // Measured before the question: ours ends before the database's does.
    const until = now().getTime() + this.#leaseS * 1_000;
    const hasIt = await translating(() => acquireLease(db.pool, { poolId, holder, seconds: this.#leaseS }));
    const running = this.#running.get(poolId);
    if (hasIt && running !== undefined) running.leaseUntil = until;
    return hasIt ? until : null;
  }

  #start(ids: { tenantId: string; poolId: string }, leaseUntil: number): void {
    const watch = new PoolWatch(this.#deps, ids);
    const stop = new AbortController();
    const ended = this.#runToItsEnd(watch, stop.signal);
    this.#running.set(ids.poolId, { watch, stop, ended, leaseUntil });
  }

  async #runToItsEnd(watch: PoolWatch, signal: AbortSignal): Promise<void> {
    const { db, holder, log } = this.#deps;
    const { poolId } = watch.ids;
    try {
      await watch.run(signal);
      await translating(() => releaseLease(db.pool, { poolId, holder }));
    } catch (err) {
      // The lease runs out by itself, and the next tick begins anew.
      log.error({ err, poolId }, 'a watcher ended with an error');
    } finally {
      this.#running.delete(poolId);
    }
  }

  #stopOne(poolId: string, reason: string): void {
    this.#deps.log.warn({ poolId, reason }, 'the pool is not watched here any more');
    this.#running.get(poolId)?.stop.abort();
  }
}
