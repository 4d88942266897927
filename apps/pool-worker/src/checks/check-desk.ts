import { CHECK_LIMITS } from '@porthole/check-contract';
import { CheckRun, CheckStopped, checkFromWorker } from '@porthole/doctor';
import type { XenCalls } from '@porthole/xenapi';
import { type PoolIds, readPool } from '../pools/read-pool.ts';
import { credentialsOf, USER_AGENT } from '../sessions/open-pool-session.ts';
import { Wake } from '../wake.ts';
import type { WatchDeps } from '../watch-pool.ts';
import {
  beginCheck,
  breakOffCheck,
  handCheck,
  nextDue,
  type OpenCheck,
  openCheck,
  scheduleCheck,
  storeStep,
  targetOf,
} from './check-rows.ts';

/** How often one looks without a hint, in milliseconds. */
export const LOOK_EVERY_MS = 3_000;
/** How often one looks whether the schedule's next run is due, in milliseconds. */
export const SCHEDULE_EVERY_MS = 60_000;

export type CheckDeskDeps = Pick<
  WatchDeps,
  'db' | 'log' | 'now' | 'holder' | 'vaultKeys' | 'policyFor' | 'probe'
>;

interface Current {
  readonly id: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Does the worker's part of what is asked about one pool, and asks by itself where the schedule says so. It works as long as the
 * pool's lease is ours, also while the pool refuses us: that is when one wants to know.
 */
export class CheckDesk {
  readonly #deps: CheckDeskDeps;
  readonly #pool: PoolIds;
  readonly #living: () => XenCalls | null;
  readonly #wake = new Wake();
  #current: Current | null = null;
  #scheduleAt = Number.NEGATIVE_INFINITY;

  /** @param living the pool's session of this moment, if there is one */
  constructor(deps: CheckDeskDeps, pool: PoolIds, living: () => XenCalls | null) {
    this.#deps = deps;
    this.#pool = pool;
    this.#living = living;
  }

  /** Something was asked, or called off: look now. */
  wake(): void {
    this.#wake.now();
  }

  /** Works until the signal; then waits until nothing is under way here any more. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look(signal);
      } catch (err) {
        if (!signal.aborted) this.#deps.log.warn({ err }, 'what is asked about a pool could not be read');
      }
      await this.#wake.after(LOOK_EVERY_MS, signal);
    }
    await this.#current?.ended;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { db, holder, log } = this.#deps;
    const open = await openCheck(db, this.#pool);
    if (this.#current !== null) {
      if (open?.id !== this.#current.id || open.isCancelled) this.#current.stop.abort();
      return;
    }
    if (open === null) {
      await this.#lookAtSchedule();
      return;
    }
    // The lease is ours: whoever had it before us will not go on with this one.
    if (open.state === 'worker') {
      log.warn({ runId: open.id }, 'a check was left by another worker; it is ended as broken off');
      await breakOffCheck(db, this.#pool, open.id, open.worker ?? '');
      return;
    }
    if (open.state !== 'waiting' || !(await beginCheck(db, this.#pool, open.id, holder))) return;
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal, AbortSignal.timeout(CHECK_LIMITS.wholeMs)]);
    this.#current = { id: open.id, stop, ended: this.#work(open, both) };
  }

  async #lookAtSchedule(): Promise<void> {
    const { db, holder, now } = this.#deps;
    const at = now().getTime();
    if (at - this.#scheduleAt < SCHEDULE_EVERY_MS) return;
    this.#scheduleAt = at;
    const due = await nextDue(db, this.#pool);
    if (due === null || due.getTime() > at) return;
    await scheduleCheck(db, this.#pool, holder);
    this.#wake.now();
  }

  async #work(open: OpenCheck, signal: AbortSignal): Promise<void> {
    const { db, holder, log } = this.#deps;
    const { id } = open;
    try {
      await this.#check(open, signal);
      if (!(await handCheck(db, this.#pool, id, holder))) await breakOffCheck(db, this.#pool, id, holder);
    } catch (err) {
      if (!(err instanceof CheckStopped)) log.warn({ err, runId: id }, 'a check was broken off');
      // Where even that does not reach the database, it ends by itself (check_expire).
      await breakOffCheck(db, this.#pool, id, holder).catch((late: unknown) =>
        log.warn({ err: late, runId: id }, 'the end of a check could not be written'),
      );
    } finally {
      this.#current = null;
      this.#wake.now();
    }
  }

  async #check(open: OpenCheck, signal: AbortSignal): Promise<void> {
    const { db, holder, probe, policyFor, vaultKeys } = this.#deps;
    const config = await readPool(db, this.#pool);
    const target = await targetOf(db, this.#pool, open);
    if (config === null || config.state === 'paused' || target === null) throw new CheckStopped();
    const run = new CheckRun({
      place: 'worker',
      signal,
      now: () => performance.now(),
      emit: (step, next) => storeStep(db, this.#pool, { id: open.id, holder }, { step, next }),
    });
    const { address, port, pin } = config;
    await checkFromWorker(
      run,
      {
        policy: policyFor(config.allowedCidrs),
        probe,
        userAgent: USER_AGENT,
        pool: { address, port, pin, username: config.credential?.username ?? '' },
        credentials: () => credentialsOf(vaultKeys, config),
        living: this.#living(),
      },
      target,
    );
  }
}
