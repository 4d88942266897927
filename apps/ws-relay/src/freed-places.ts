import type { EventEmitter } from 'node:events';
import type { Clock } from './clock.ts';

/** So long a host may take to notice that its viewer has gone, in milliseconds. */
export const FREED_FOR_MS = 5_000;

/**
 * Machines whose console this relay has just let go. A single-viewer pool refuses the next one until its host has noticed
 * that (xenapi.md §4.4): such a refusal is of ourselves, and worth another try.
 */
export class FreedPlaces {
  readonly #clock: Clock;
  /** Until when, by machine. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From the end of this tunnel on the place of its machine is freed. */
  freedBy(socket: EventEmitter, vmId: string): void {
    socket.once('close', () => {
      const until = this.#clock.now() + FREED_FOR_MS;
      this.#until.set(vmId, until);
      this.#clock.after(FREED_FOR_MS, () => {
        if (this.#until.get(vmId) === until) this.#until.delete(vmId);
      });
    });
  }

  isFreed(vmId: string): boolean {
    return this.#until.has(vmId);
  }
}
