import type { Cancel, Clock } from '../clock.ts';
import { ControlRate } from './control-rate.ts';

/** Whole pictures that one viewer may ask for in a second: each costs the host or the relay a picture's encoding. */
export const MAX_FULL_REQUESTS_PER_SECOND = 4;
const SECOND_MS = 1_000;

/** The requests of one viewer for a whole picture (RFC 6143 §7.5.3, not incremental): too many become one, a little later. */
export class FullRequests {
  readonly #clock: Clock;
  readonly #rate = new ControlRate(MAX_FULL_REQUESTS_PER_SECOND, SECOND_MS);
  readonly #late: () => void;
  #cancel: Cancel | null = null;

  /** @param late what is done when a request that came too soon has its turn */
  constructor(clock: Clock, late: () => void) {
    this.#clock = clock;
    this.#late = late;
  }

  /** @returns whether the request may be answered now */
  allows(): boolean {
    if (this.#rate.allows(this.#clock.now())) return true;
    this.#cancel ??= this.#clock.after(SECOND_MS, () => {
      this.#cancel = null;
      this.#late();
    });
    return false;
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
