import { LIMITS, MAXIMUM_NOTICES_MS } from '@porthole/relay-contract';
import type { Cancel, Clock } from '../clock.ts';

/** The earliest and the last that a person hears of the end of the longest time. */
const FIRST_NOTICE_MS = Math.max(...MAXIMUM_NOTICES_MS);
const LAST_NOTICE_MS = Math.min(...MAXIMUM_NOTICES_MS);

/** How long a seat may last and be idle, in milliseconds. */
export interface SeatTimes {
  readonly idleTimeoutMs: number;
  readonly maximumTimeMs: number;
}

export interface SeatTimersListener {
  /** null: somebody is there after all. */
  idleSoon(closesInMs: number | null): void;
  idle(): void;
  /** null: the end is far off again. */
  maximumSoon(closesInMs: number | null): void;
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
 *
 * Times that the organisation shortens count at once, but end nobody's console without the notice that they would have
 * had anyway.
 */
export class SeatTimers {
  readonly #clock: Clock;
  readonly #listener: SeatTimersListener;
  readonly #startedAt: number;
  #times: SeatTimes;
  #maximumEndsAt: number;
  #maximumTold = false;
  #cancelMaximum: readonly Cancel[] = [];
  #cancelIdle: Cancel;
  #inputAt: number;
  /** The idle time was shortened: it ends nothing before this. */
  #idleNotBefore = 0;
  #warned = false;

  constructor(clock: Clock, times: SeatTimes, listener: SeatTimersListener) {
    this.#clock = clock;
    this.#times = times;
    this.#listener = listener;
    this.#startedAt = clock.now();
    this.#inputAt = this.#startedAt;
    this.#maximumEndsAt = this.#startedAt + times.maximumTimeMs;
    this.#watchMaximum();
    this.#cancelIdle = clock.after(times.idleTimeoutMs - this.#warnsBeforeMs, () => this.#look());
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

  /** The organisation has other times than before; they count from the beginning and from the last input, as ever. */
  setTimes(times: SeatTimes): void {
    const { idleTimeoutMs, maximumTimeMs } = this.#times;
    const idleEndsAt = this.#idleEndsAt;
    this.#times = times;
    if (times.maximumTimeMs !== maximumTimeMs) this.#moveMaximum();
    if (times.idleTimeoutMs !== idleTimeoutMs) this.#moveIdle(idleEndsAt);
  }

  cancel(): void {
    this.#cancelIdle();
    for (const cancel of this.#cancelMaximum) cancel();
  }

  #moveMaximum(): void {
    const now = this.#clock.now();
    const wanted = this.#startedAt + this.#times.maximumTimeMs;
    this.#maximumEndsAt = withNotice(wanted, this.#maximumEndsAt, now + LAST_NOTICE_MS);
    for (const cancel of this.#cancelMaximum) cancel();
    this.#watchMaximum();
    const leftMs = this.#maximumEndsAt - now;
    if (leftMs <= FIRST_NOTICE_MS) this.#tellMaximum(Math.ceil(leftMs));
    else if (this.#maximumTold) {
      this.#maximumTold = false;
      this.#listener.maximumSoon(null);
    }
  }

  #watchMaximum(): void {
    const leftMs = this.#maximumEndsAt - this.#clock.now();
    const notices = MAXIMUM_NOTICES_MS.filter((before) => before < leftMs);
    this.#cancelMaximum = [
      ...notices.map((before) => this.#clock.after(leftMs - before, () => this.#tellMaximum(before))),
      this.#clock.after(leftMs, () => this.#listener.maximumTime()),
    ];
  }

  #tellMaximum(closesInMs: number): void {
    this.#maximumTold = true;
    this.#listener.maximumSoon(closesInMs);
  }

  #moveIdle(before: number): void {
    const now = this.#clock.now();
    const wanted = this.#inputAt + this.#times.idleTimeoutMs;
    this.#idleNotBefore = withNotice(wanted, before, now + this.#warnsBeforeMs);
    if (this.#warned) {
      this.#warned = false;
      if (this.#idleEndsAt - now > this.#warnsBeforeMs) this.#listener.idleSoon(null);
    }
    this.#cancelIdle();
    this.#look();
  }

  get #idleEndsAt(): number {
    return Math.max(this.#inputAt + this.#times.idleTimeoutMs, this.#idleNotBefore);
  }

  /** A short timeout is warned of half-way. */
  get #warnsBeforeMs(): number {
    return Math.min(LIMITS.idleWarningMs, this.#times.idleTimeoutMs / 2);
  }

  #look(): void {
    const leftMs = this.#idleEndsAt - this.#clock.now();
    if (leftMs <= 0) {
      this.#listener.idle();
      return;
    }
    const warnsInMs = leftMs - this.#warnsBeforeMs;
    if (warnsInMs <= 0 && !this.#warned) {
      this.#warned = true;
      this.#listener.idleSoon(Math.ceil(leftMs));
    }
    this.#cancelIdle = this.#clock.after(warnsInMs > 0 ? warnsInMs : leftMs, () => this.#look());
  }
}

/** When a time ends that is another than before: no sooner than with notice, and no later than it would have anyway. */
function withNotice(wanted: number, before: number, noticed: number): number {
  return Math.max(wanted, Math.min(before, noticed));
}
