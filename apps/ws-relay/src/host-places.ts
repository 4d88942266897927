import type { EventEmitter } from 'node:events';
import type { Clock } from './clock.ts';

/** So long a host may take to notice that its viewer has gone, in milliseconds. */
export const FREED_FOR_MS = 5_000;

/**
 * The places of machines at their hosts that this relay has, and those that it has just let go. A single-viewer pool counts
 * screen and text of a machine together, and refuses the next viewer until its host has noticed that the last one left
 * (xenapi.md §4.4): such a refusal is of ourselves, to be said as that or worth another try.
 */
export class HostPlaces {
  readonly #clock: Clock;
  /** Open tunnels, by machine. */
  readonly #open = new Map<string, number>();
  /** Until when a place was just freed, by machine. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** This tunnel has a place of its machine until its end, which frees it. */
  takenBy(socket: EventEmitter, vmId: string): void {
    this.#open.set(vmId, this.#countOf(vmId) + 1);
    socket.once('close', () => {
      const left = this.#countOf(vmId) - 1;
      if (left > 0) this.#open.set(vmId, left);
      else this.#open.delete(vmId);
      this.#free(vmId);
    });
  }

  isTaken(vmId: string): boolean {
    return this.#open.has(vmId);
  }

  isFreed(vmId: string): boolean {
    return this.#until.has(vmId);
  }

  #free(vmId: string): void {
    const until = this.#clock.now() + FREED_FOR_MS;
    this.#until.set(vmId, until);
    this.#clock.after(FREED_FOR_MS, () => {
      if (this.#until.get(vmId) === until) this.#until.delete(vmId);
    });
  }

  #countOf(vmId: string): number {
    return this.#open.get(vmId) ?? 0;
  }
}
