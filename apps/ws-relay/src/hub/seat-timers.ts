import { LIMITS, MAXIMUM_NOTICES_MS } from '@porthole/relay-contract';
import type { Cancel, Clock } from '../clock.ts';

/** How long a seat may last and be idle, in milliseconds. */
export interface SeatTimes {
  readonly idleTimeoutMs: number;
  readonly maximumTimeMs: number;
}

export interface SeatTimersListener {
  /** null: somebody is there after all. */
  idleSoon(closesInMs: number | null): void;
  idle(): void;
  maximumSoon(closesInMs: number): void;
  maximumTime(): void;
}

/**
 * The organisation's times, never above the defaults, and the pool's own idle timeout as an upper bound: the host
 * would cut the tunnel without a word (xenapi.md §4.5).
 */
export function seatTimes(
  policy: { idleTimeoutMs: number | null; maximumTimeMs: number | null },
  poolIdleTimeoutS: number | null,
): SeatTimes {
  const poolMs =
    poolIdleTimeoutS !== null && poolIdleTimeoutS > 0 ? poolIdleTimeoutS * 1_000 : Number.POSITIVE_INFINITY;
  return {
    idleTimeoutMs: Math.min(policy.idleTimeoutMs ?? LIMITS.idleTimeoutMs, LIMITS.idleTimeoutMs, poolMs),
    maximumTimeMs: Math.min(policy.maximumTimeMs ?? LIMITS.maximumTimeMs, LIMITS.maximumTimeMs),
  };
}

/**
 * Idle time from real input, warned of in time, and the longest time with its notices (security.md §2.7). Real input is
 * any key or pointer of a person, whether or not they may type: who only looks is there as well (design.md §6, "any key
 * or pointer counts as staying"). What a viewer sends by itself, such as requests for the next picture, is none.
 */
export class SeatTimers {
  readonly #clock: Clock;
  readonly #times: SeatTimes;
  readonly #listener: SeatTimersListener;
  readonly #cancelMaximum: readonly Cancel[];
  #cancelIdle: Cancel;
  #inputAt: number;
  #warned = false;

  constructor(clock: Clock, times: SeatTimes, listener: SeatTimersListener) {
    this.#clock = clock;
    this.#times = times;
    this.#listener = listener;
    this.#inputAt = clock.now();
    const notices = MAXIMUM_NOTICES_MS.filter((before) => before < times.maximumTimeMs);
    this.#cancelMaximum = [
      ...notices.map((before) =>
        clock.after(times.maximumTimeMs - before, () => listener.maximumSoon(before)),
      ),
      clock.after(times.maximumTimeMs, () => listener.maximumTime()),
    ];
    this.#cancelIdle = clock.after(this.#warnAfterMs, () => this.#look());
  }

  /** A person is there: a key, the pointer, or "stay". Costs one assignment, since it is called for each key. */
  input(): void {
    this.#inputAt = this.#clock.now();
    if (!this.#warned) return;
    this.#warned = false;
    this.#listener.idleSoon(null);
  }

  /** Milliseconds since a person was there. */
  get idleMs(): number {
    return this.#clock.now() - this.#inputAt;
  }

  cancel(): void {
    this.#cancelIdle();
    for (const cancel of this.#cancelMaximum) cancel();
  }

  /** A short timeout is warned of half-way. */
  get #warnAfterMs(): number {
    return Math.max(this.#times.idleTimeoutMs - LIMITS.idleWarningMs, this.#times.idleTimeoutMs / 2);
  }

  #look(): void {
    const { idleMs } = this;
    const leftMs = this.#times.idleTimeoutMs - idleMs;
    if (leftMs <= 0) {
      this.#listener.idle();
      return;
    }
    const warn = idleMs >= this.#warnAfterMs;
    if (warn && !this.#warned) {
      this.#warned = true;
      this.#listener.idleSoon(Math.ceil(leftMs));
    }
    this.#cancelIdle = this.#clock.after(warn ? leftMs : this.#warnAfterMs - idleMs, () => this.#look());
  }
}
