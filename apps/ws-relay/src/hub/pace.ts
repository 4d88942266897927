import type { Cancel, Clock } from '../clock.ts';

/** What a console that was slow for a while may make up for at once, in milliseconds of its rate. */
export const PACE_BURST_MS = 1_000;
/** Shortest pause: a timer for every record would cost more than the record. */
const LEAST_PAUSE_MS = 10;

/**
 * Bounds the bytes of one console over time (security.md §9, "bandwidth"): a bucket that fills at the rate and holds a
 * second of it. Who has spent more than there was stands still until it is paid.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  readonly #hold: () => void;
  readonly #release: () => void;
  #left: number;
  #countedAt: number;
  #cancel: Cancel | null = null;

  constructor(
    clock: Clock,
    parts: { readonly bytesPerSecond: number; readonly hold: () => void; readonly release: () => void },
  ) {
    this.#clock = clock;
    this.#bytesPerMs = parts.bytesPerSecond / 1_000;
    this.#hold = parts.hold;
    this.#release = parts.release;
    this.#left = this.#most;
    this.#countedAt = clock.now();
  }

  /** So many bytes have come. */
  spend(bytes: number): void {
    const now = this.#clock.now();
    this.#left = Math.min(this.#most, this.#left + (now - this.#countedAt) * this.#bytesPerMs) - bytes;
    this.#countedAt = now;
    if (this.#left >= 0 || this.#cancel !== null) return;
    this.#hold();
    const pauseMs = Math.max(LEAST_PAUSE_MS, Math.ceil(-this.#left / this.#bytesPerMs));
    this.#cancel = this.#clock.after(pauseMs, () => {
      this.#cancel = null;
      this.#release();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  get #most(): number {
    return PACE_BURST_MS * this.#bytesPerMs;
  }
}
