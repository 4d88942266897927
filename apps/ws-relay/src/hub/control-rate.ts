import { MAX_CONTROL_PER_SECOND } from '@porthole/relay-contract';

const SECOND_MS = 1_000;

/** Whether one more control message is within the limit of the last second. */
export class ControlRate {
  readonly #max: number;
  /** Times of the last `max` messages, oldest at `#next`. */
  readonly #times: number[] = [];
  #next = 0;

  constructor(max: number = MAX_CONTROL_PER_SECOND) {
    this.#max = max;
  }

  /** Counts a message at `now`, in milliseconds. */
  allows(now: number): boolean {
    const oldest = this.#times[this.#next];
    if (oldest !== undefined && now - oldest < SECOND_MS) return false;
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#max;
    return true;
  }
}
