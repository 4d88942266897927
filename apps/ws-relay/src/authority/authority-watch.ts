import type { Logger } from '@porthole/logger';
import { earliestEnd, type Facts, type Right, type VmFacts } from '@porthole/rbac';
import { LIMITS } from '@porthole/relay-contract';
import { type Cancel, type Clock, every } from '../clock.ts';
import type { Seat } from '../hub/seat.ts';
import { seatTimes } from '../hub/seat-timers.ts';
import { judgeSeat, type SeatFacts, whoChanged } from './judge-seat.ts';
import { accessEnd, copyingOf, type SeatMode } from './seat-rights.ts';

/** How often typed input may count for the login session, in milliseconds (architecture §3). */
export const TOUCH_EVERY_MS = 60_000;
/** A grant is over when its end has passed, so one looks a moment later. */
const AFTER_END_MS = 50;
/** Seats whose facts are asked for in one statement: those of the first need not wait for those of all. */
export const FACTS_AT_ONCE = 100;

/** What a change of anybody's authority shows in: compared, never read. */
export interface Standing {
  readonly seatId: string;
  readonly tenantEpoch: string;
  readonly personEpoch: string;
  readonly sessionAlive: boolean;
  /** Somebody asked for the end of the seat. */
  readonly closeAsked: boolean;
}

/** What the watch asks of the database. */
export interface AuthoritySource {
  standing(): Promise<readonly Standing[]>;
  /** By seat; one that is missing has ended there. */
  facts(seatIds: readonly string[]): Promise<ReadonlyMap<string, SeatFacts>>;
  rightsChanged(seatId: string, rights: readonly Right[]): Promise<void>;
  /** Typed input counts as use of the login session. */
  touch(seatId: string): Promise<void>;
}

interface Watched {
  readonly seat: Seat;
  readonly mode: SeatMode;
  readonly poolIdleTimeoutS: number | null;
  /** The start of the last poll that confirmed this seat. */
  confirmedAt: number;
  touchedAt: number;
  /** null: must be judged anew. */
  standing: string | null;
  /** When its rights were judged last, by the database's clock. */
  judgedAt: Date;
  /** Its rights have changed, and that could not be written down yet. */
  unwritten: boolean;
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
    admitted: {
      mode: SeatMode;
      facts: Facts & { epochs: { tenant: string; person: string } };
      vm: VmFacts;
      /** After so many seconds without input the pool itself would end the console; null or 0: never. */
      poolIdleTimeoutS: number | null;
    },
  ): void {
    const now = this.#clock.now();
    const { tenant: tenantEpoch, person: personEpoch } = admitted.facts.epochs;
    const watched: Watched = {
      seat,
      mode: admitted.mode,
      poolIdleTimeoutS: admitted.poolIdleTimeoutS,
      confirmedAt: now,
      touchedAt: now,
      standing: standingOf({ tenantEpoch, personEpoch, sessionAlive: true, closeAsked: false }),
      judgedAt: admitted.facts.now,
      unwritten: false,
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

  /** Milliseconds since the live seat that has waited longest was confirmed; 0 where nobody waits. */
  get ageMs(): number {
    const times = [...this.#watched.values()].map(({ confirmedAt }) => confirmedAt);
    const now = this.#clock.now();
    return times.reduce((age, confirmedAt) => Math.max(age, now - confirmedAt), 0);
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
      const changed = asked.filter((watched) => !this.#isUnchanged(watched, standing, askedAt));
      for (let at = 0; at < changed.length; at += FACTS_AT_ONCE)
        await this.#judgeAll(changed.slice(at, at + FACTS_AT_ONCE), standing, askedAt);
    } catch (err) {
      this.#log.warn({ err }, 'authority could not be confirmed');
    }
  }

  /** Confirms a seat about which nothing has changed, and ends one that is over already; false for all others. */
  #isUnchanged(watched: Watched, standing: ReadonlyMap<string, Standing>, askedAt: number): boolean {
    const { seat } = watched;
    if (seat.isOver) return true;
    const row = standing.get(seat.id);
    if (row === undefined) {
      this.#endedElsewhere(seat);
      return true;
    }
    if (standingOf(row) !== watched.standing) return false;
    this.#confirmed(watched, askedAt);
    return true;
  }

  /** Loads facts anew and lets them narrow, widen or end the seats. */
  async #judgeAll(
    changed: readonly Watched[],
    standing: ReadonlyMap<string, Standing>,
    askedAt: number,
  ): Promise<void> {
    const found = await this.#source.facts(changed.map(({ seat }) => seat.id));
    for (const watched of changed) {
      const { seat } = watched;
      const row = standing.get(seat.id);
      const facts = found.get(seat.id);
      if (seat.isOver) continue;
      if (facts === undefined || row === undefined) {
        this.#endedElsewhere(seat);
        continue;
      }
      watched.standing = standingOf(row);
      this.#judge(watched, facts);
      if (!seat.isOver) this.#confirmed(watched, askedAt);
    }
  }

  #judge(watched: Watched, found: SeatFacts): void {
    const { seat, mode, poolIdleTimeoutS, judgedAt: since } = watched;
    watched.judgedAt = found.facts.now;
    const verdict = judgeSeat(found, mode, since);
    if (!verdict.stays) {
      if (verdict.told !== null) seat.say(verdict.told);
      seat.end(verdict.kind);
      return;
    }
    const { rights, vm } = verdict;
    const told = rights.length < seat.rights.length ? whoChanged(found, since) : null;
    if (told !== null) seat.say(told);
    if (seat.setRights(rights, copyingOf(found.facts.policy)) || watched.unwritten)
      this.#noteRights(watched, rights);
    seat.setKeyboardRule(found.facts.policy.keyboard);
    seat.setTimes(seatTimes(found.facts.policy, poolIdleTimeoutS));
    seat.setAccessEnd(accessEnd(found.facts, vm));
    this.#setEnd(watched, found.facts, vm);
  }

  #confirmed(watched: Watched, askedAt: number): void {
    watched.confirmedAt = askedAt;
    watched.seat.resumeTyping();
    this.#touch(watched);
  }

  #endedElsewhere(seat: Seat): void {
    this.#log.warn({ seatId: seat.id }, 'a live seat has ended in the database');
    seat.end('authorityUnknown');
  }

  /** What others see of the seat follows; nobody's judgement waits for it. */
  #noteRights(watched: Watched, rights: readonly Right[]): void {
    watched.unwritten = false;
    const { id } = watched.seat;
    this.#source.rightsChanged(id, rights).catch((err: unknown) => {
      this.#log.warn({ err, seatId: id }, 'changed rights of a seat could not be written down');
      watched.unwritten = true;
      watched.standing = null;
    });
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

  #touch(watched: Watched): void {
    const now = this.#clock.now();
    if (now - watched.touchedAt < TOUCH_EVERY_MS || !watched.seat.takeTyped()) return;
    watched.touchedAt = now;
    const { id } = watched.seat;
    this.#source.touch(id).catch((err: unknown) => {
      this.#log.warn({ err, seatId: id }, 'typing could not be counted for its login');
    });
  }
}

function standingOf(row: Omit<Standing, 'seatId'>): string {
  return `${row.tenantEpoch} ${row.personEpoch} ${row.sessionAlive} ${row.closeAsked}`;
}
