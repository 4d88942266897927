import { setMaxListeners } from 'node:events';
import type { Db } from '@porthole/db';
import type { Logger } from '@porthole/logger';
import type { XenCalls } from '@porthole/xenapi';
import type { PoolIds } from '../pools/read-pool.ts';
import { Wake } from '../wake.ts';
import { doOperation } from './do-operation.ts';
import { type OpenOperation, openOperations } from './operation-rows.ts';

/** Operations at once at one pool: a host keeps 800 connections for everybody, and 20 calls are good manners (xenapi.md §8). */
export const MAX_OPERATIONS_AT_ONCE = 16;
/** How often one looks without a hint, in milliseconds. */
export const LOOK_EVERY_MS = 3_000;

export interface PowerDeskDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Does what is asked of the power of one pool's machines, for as long as there is a session. The rows are the queue: what
 * a worker leaves behind the next one finds there.
 */
export class PowerDesk {
  readonly #deps: PowerDeskDeps;
  readonly #pool: PoolIds;
  readonly #calls: XenCalls;
  readonly #wake = new Wake();
  readonly #busy = new Map<string, Promise<void>>();
  #asked: ReadonlySet<string> = new Set();

  constructor(deps: PowerDeskDeps, pool: PoolIds, calls: XenCalls) {
    this.#deps = deps;
    this.#pool = pool;
    this.#calls = calls;
  }

  /** Something was asked: look now. */
  wake(): void {
    this.#wake.now();
  }

  /** Works until the signal; then waits until nothing is under way here any more. */
  async run(signal: AbortSignal): Promise<void> {
    // Each operation under way waits for calls and pauses with it.
    setMaxListeners(0, signal);
    while (!signal.aborted) {
      try {
        await this.#look(signal);
      } catch (err) {
        this.#deps.log.warn({ err }, 'what is asked of machines could not be read');
      }
      await this.#wake.after(LOOK_EVERY_MS, signal);
    }
    await Promise.all(this.#busy.values());
  }

  async #look(signal: AbortSignal): Promise<void> {
    const open = await openOperations(this.#deps.db, this.#pool);
    this.#asked = new Set(open.flatMap(({ id, cancelAskedAt }) => (cancelAskedAt === null ? [] : [id])));
    for (const operation of open) {
      if (this.#busy.size >= MAX_OPERATIONS_AT_ONCE) return;
      if (!this.#busy.has(operation.id)) this.#busy.set(operation.id, this.#work(operation, signal));
    }
  }

  async #work(operation: OpenOperation, signal: AbortSignal): Promise<void> {
    const { db, now } = this.#deps;
    const { id, act, vmId } = operation;
    const log = this.#deps.log.child({ operationId: id, act, vmId });
    try {
      await doOperation(
        {
          db,
          now,
          signal,
          pool: this.#pool,
          calls: this.#calls,
          isCancelAsked: () => this.#asked.has(id),
        },
        operation,
      );
    } catch (err) {
      // Its row stays as it is: the next look goes on from there.
      if (!signal.aborted) log.warn({ err }, 'a power operation was interrupted');
    } finally {
      this.#busy.delete(id);
      // There may be room for another now.
      if (!signal.aborted && this.#busy.size === MAX_OPERATIONS_AT_ONCE - 1) this.#wake.now();
    }
  }
}
