import { LIMITS } from '@porthole/relay-contract';
import type { Clock } from '../clock.ts';

/**
 * Tells a slow browser from a stalled one: over its bound for {@link LIMITS.stalledMs} without taking a single byte.
 * Asked from time to time; it sets no timer of its own.
 */
export class StallWatch {
  readonly #clock: Clock;
  #queued = 0;
  #movedAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#movedAt = clock.now();
  }

  /** @param queued bytes that wait for the browser now */
  isStalled(queued: number): boolean {
    const moved = queued < this.#queued || queued === 0;
    this.#queued = queued;
    if (moved) this.#movedAt = this.#clock.now();
    return this.#clock.now() - this.#movedAt >= LIMITS.stalledMs;
  }
}
