import type { Logger } from '@porthole/logger';
import { earliestEnd, type Facts, type Right, type VmFacts } from '@porthole/rbac';
import { LIMITS } from '@porthole/relay-contract';
import { type Cancel, type Clock, every } from '../clock.ts';
import type { Seat } from '../hub/seat.ts';
import { type SeatMode, seatRights } from './seat-rights.ts';

/** How often typed input may count for the login session, in milliseconds (architecture §3). */
export const TOUCH_EVERY_MS = 60_000;
/** A grant is over when its end has passed, so one looks a moment later. */
const AFTER_END_MS = 50;

/** What a change of anybody's authority shows in: compared, never read. */
export interface Standing {
  readonly seatId: string;
  readonly tenantEpoch: string;
  readonly personEpoch: string;
  readonly sessionAlive: boolean;
}

/** The facts of one live seat; the machine is gone or another's where `vm` is null. */
export interface SeatFacts {
  readonly facts: Facts;
  readonly vm: VmFacts | null;
}

/** What the watch asks of the database. */
export interface AuthoritySource {
  standing(): Promise<readonly Standing[]>;
  /** null where the seat has ended there */
  facts(seatId: string): Promise<SeatFacts | null>;
  rightsChanged(seatId: string, rights: readonly Right[]): Promise<void>;
  /** Typed input counts as use of the login session. */
  touch(seatId: string): Promise<void>;
}

interface Watched {
  readonly seat: Seat;
  readonly mode: SeatMode;
  /** The start of the last poll that confirmed this seat. */
  confirmedAt: number;
  touchedAt: number;
  standing: string | null;
  cancelEnd: Cancel;
}

/**
 * Holds every live seat to what its person may do now, not to what they might when it opened (architecture §3): asks once a
 * second, judges anew where an epoch has grown or a grant has run out, and when nobody can say any more stops the
 * typing at 15 s and the seat at 20 s.
 */
export class AuthorityWatch {
  readonly #source: AuthoritySource;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #watched = new Map<string, Watched>();
  readonly #cancelBeat: Cancel;
  #polling: Promise<void> | null = null;

  constructor(deps: { source: AuthoritySource; clock: Clock; log: Logger }) {
    this.#source = deps.source;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#cancelBeat = every(deps.clock, LIMITS.authorityPollMs, () => this.#beat());
  }

  /** Watches a seat from its admission, with the facts that admitted it, until it ends. */
  watch(
    seat: Seat,
    admitted: { mode: SeatMode; facts: Facts & { epochs: { tenant: string; person: string } }; vm: VmFacts },
  ): void {
    const now = this.#clock.now();
    const watched: Watched = {
      seat,
      mode: admitted.mode,
      confirmedAt: now,
      touchedAt: now,
      standing: standingOf(admitted.facts.epochs.tenant, admitted.facts.epochs.person, true),
      cancelEnd: () => undefined,
    };
    this.#watched.set(seat.id, watched);
    this.#setEnd(watched, admitted.facts, admitted.vm);
    void seat.ended.then(() => {
      this.#watched.delete(seat.id);
      watched.cancelEnd();
    });
  }

  /** Asks now; a poll under way is waited for and followed by another. A hint may call this, it decides nothing. */
  async poll(): Promise<void> {
    await this.#polling;
    this.#polling ??= this.#ask().finally(() => {
      this.#polling = null;
    });
    await this.#polling;
  }

  stop(): void {
    this.#cancelBeat();
    for (const watched of this.#watched.values()) watched.cancelEnd();
  }

  #beat(): void {
    for (const watched of this.#watched.values()) this.#judgeAge(watched);
    if (this.#watched.size > 0 && this.#polling === null) void this.poll();
  }

  #judgeAge({ seat, confirmedAt }: Watched): void {
    const age = this.#clock.now() - confirmedAt;
    if (age >= LIMITS.authorityStaleCloseMs) seat.end('authorityUnknown');
    else if (age >= LIMITS.authorityStaleInputStopsMs)
      seat.pauseTyping(Math.max(0, Math.round(LIMITS.authorityStaleCloseMs - age)));
  }

  async #ask(): Promise<void> {
    const askedAt = this.#clock.now();
    // Seats that come while the answer is under way cannot be in it.
    const asked = [...this.#watched.values()];
    try {
      const standing = new Map((await this.#source.standing()).map((row) => [row.seatId, row]));
      for (const watched of asked) await this.#confirm(watched, standing.get(watched.seat.id), askedAt);
    } catch (err) {
      this.#log.warn({ err }, 'authority could not be confirmed');
    }
  }

  async #confirm(watched: Watched, row: Standing | undefined, askedAt: number): Promise<void> {
    const { seat } = watched;
    if (seat.isOver) return;
    if (row === undefined) {
      this.#log.warn({ seatId: seat.id }, 'a live seat has ended in the database');
      seat.end('authorityUnknown');
      return;
    }
    const standing = standingOf(row.tenantEpoch, row.personEpoch, row.sessionAlive);
    if (standing !== watched.standing) await this.#judge(watched);
    watched.standing = standing;
    watched.confirmedAt = askedAt;
    seat.resumeTyping();
    await this.#touch(watched);
  }

  /** Loads the facts anew and lets them narrow, widen or end the seat. */
  async #judge(watched: Watched): Promise<void> {
    const { seat, mode } = watched;
    const found = await this.#source.facts(seat.id);
    const rights = found?.vm ? seatRights(found.facts, found.vm, mode) : [];
    if (found?.vm == null || rights.length === 0) {
      seat.end('withdrawn');
      return;
    }
    if (seat.setRights(rights)) await this.#source.rightsChanged(seat.id, rights);
    this.#setEnd(watched, found.facts, found.vm);
  }

  /** Looks again at the earliest end of any grant that bears on the machine, by the database's own clock. */
  #setEnd(watched: Watched, facts: Facts, vm: VmFacts): void {
    watched.cancelEnd();
    const end = earliestEnd(facts, vm);
    if (end === null) return;
    watched.cancelEnd = this.#clock.after(end.getTime() - facts.now.getTime() + AFTER_END_MS, () => {
      watched.standing = null;
      void this.poll();
    });
  }

  async #touch(watched: Watched): Promise<void> {
    const now = this.#clock.now();
    if (now - watched.touchedAt < TOUCH_EVERY_MS || !watched.seat.takeTyped()) return;
    watched.touchedAt = now;
    await this.#source.touch(watched.seat.id);
  }
}

function standingOf(tenantEpoch: string, personEpoch: string, sessionAlive: boolean): string {
  return `${tenantEpoch} ${personEpoch} ${sessionAlive}`;
}
