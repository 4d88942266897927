import { totalmem } from 'node:os';
import type { Logger } from '@porthole/logger';
import { LIMITS } from '@porthole/relay-contract';
import { type Cancel, type Clock, every } from './clock.ts';
import type { Seat } from './hub/seat.ts';

/** How often the memory is looked at, in milliseconds. */
export const MEMORY_BEAT_MS = 1_000;
/** Between two seats that give way, in milliseconds: what one held is given back only after a while. */
export const GIVE_WAY_EVERY_MS = 3_000;
/** Who has given no input for this long is idle, in milliseconds. */
export const IDLE_AFTER_MS = 60_000;

/** The memory of this process, as it is and as it may be, in bytes. */
export interface RelayMemory {
  readonly limitBytes: number;
  usedBytes(): number;
}

/** What of a seat the guard needs. */
export type GuardedSeat = Pick<Seat, 'id' | 'ageMs' | 'idleMs' | 'end'>;

/** @param limitBytes null for what the container may have, or else the machine */
export function processMemory(limitBytes: number | null): RelayMemory {
  const constrained = process.constrainedMemory() ?? 0;
  // Without a container it is 0, or a number larger than any machine.
  const most = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return { limitBytes: limitBytes ?? most, usedBytes: () => process.memoryUsage.rss() };
}

/**
 * Keeps the relay from being killed with everybody in it: when memory is tight nobody new comes in, and when it is about
 * to run out the newest idle seat gives way, then the next (security.md §9).
 */
export class MemoryGuard {
  readonly #memory: RelayMemory;
  readonly #seats: () => readonly GuardedSeat[];
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #cancel: Cancel;
  #tight = false;
  #gaveWayAt = Number.NEGATIVE_INFINITY;

  constructor(deps: {
    memory: RelayMemory;
    seats: () => readonly GuardedSeat[];
    clock: Clock;
    log: Logger;
  }) {
    this.#memory = deps.memory;
    this.#seats = deps.seats;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#cancel = every(deps.clock, MEMORY_BEAT_MS, () => this.#look());
  }

  /** True while no new console may open. */
  get isTight(): boolean {
    return this.#tight;
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const usedBytes = this.#memory.usedBytes();
    const { limitBytes } = this.#memory;
    const tight = usedBytes >= limitBytes * LIMITS.memoryRefusesAt;
    if (tight !== this.#tight) this.#log.warn({ usedBytes, limitBytes, tight }, 'the memory of the relay');
    this.#tight = tight;
    if (usedBytes >= limitBytes * LIMITS.memoryClosesAt) this.#letOneGiveWay(usedBytes);
  }

  #letOneGiveWay(usedBytes: number): void {
    const now = this.#clock.now();
    if (now - this.#gaveWayAt < GIVE_WAY_EVERY_MS) return;
    const seat = firstToGiveWay(this.#seats());
    if (seat === undefined) return;
    this.#gaveWayAt = now;
    this.#log.warn({ seatId: seat.id, usedBytes }, 'a seat gives way');
    seat.end('relayFull');
  }
}

/** The newest of those who are idle; where nobody is, the newest. */
function firstToGiveWay(seats: readonly GuardedSeat[]): GuardedSeat | undefined {
  const idle = seats.filter((seat) => seat.idleMs >= IDLE_AFTER_MS);
  return [...(idle.length > 0 ? idle : seats)].sort((a, b) => a.ageMs - b.ageMs)[0];
}
