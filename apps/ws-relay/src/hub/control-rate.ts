import { MAX_CONTROL_PER_SECOND } from '@porthole/relay-contract';

const SECOND_MS = 1_000;

/** Whether one more of something is within its limit for the window of time that has just gone by. */
export class ControlRate {
  readonly #max: number;
  readonly #windowMs: number;
  /** Times of the last `max`, oldest at `#next`. */
  readonly #times: number[] = [];
  #next = 0;

  constructor(max: number = MAX_CONTROL_PER_SECOND, windowMs: number = SECOND_MS) {
    this.#max = max;
    this.#windowMs = windowMs;
  }

  /** Counts one at `now`, in milliseconds. */
  allows(now: number): boolean {
    const oldest = this.#times[this.#next];
    if (oldest !== undefined && now - oldest < this.#windowMs) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#max;
    return true;
  }
}
