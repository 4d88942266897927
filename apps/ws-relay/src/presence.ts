import { randomUUID } from 'node:crypto';
import type { PgClient } from '@porthole/db';
import type { Logger } from '@porthole/logger';
import { beatRelay, reapSeats, renewHubs, seatStanding } from '@porthole/tickets';
import { type Cancel, type Clock, every } from './clock.ts';
import type { Hubs } from './hub/hubs.ts';
import type { EventRecorder } from './journal/event-recorder.ts';

/** How often the relay says that it lives and prolongs its leases, in milliseconds: a third of a lease. */
export const BEAT_EVERY_MS = 5_000;
/** How often it tidies up behind relays that have died, in milliseconds. */
export const REAP_EVERY_MS = 10_000;

export interface PresenceDeps {
  readonly client: PgClient;
  readonly relayId: string;
  readonly hubs: Hubs;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

/** The relay among others: its beat, its leases, and what it finds left behind. */
export class Presence {
  readonly #deps: PresenceDeps;
  #cancels: readonly Cancel[] = [];
  /** Seats that the database had open and this process did not know, when it last looked. */
  #strangers: ReadonlySet<string> = new Set();
  #beaten = false;
  #beating: Promise<void> = Promise.resolve();

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  /** False until the database knows of this relay; no ticket names it before. */
  get isKnown(): boolean {
    return this.#beaten;
  }

  /** Closes what an earlier life of this relay left open, then begins to beat. */
  async start(): Promise<void> {
    await this.#quietly(async () => {
      const closed = await reapSeats(this.#deps.client, this.#deps.relayId);
      if (closed > 0) this.#deps.log.warn({ closed }, 'seats of an earlier life were closed');
    });
    await this.beat();
    this.#cancels = [
      every(this.#deps.clock, BEAT_EVERY_MS, () => void this.beat()),
      every(this.#deps.clock, REAP_EVERY_MS, () => void this.#tidy()),
    ];
  }

  /** Resolves when no beat is under way any more: one that came late would write a relay that has gone. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    await this.#beating;
  }

  beat(): Promise<void> {
    const { client, relayId, hubs, isDraining } = this.#deps;
    const beat = this.#quietly(async () => {
      await beatRelay(client, { relayId, draining: isDraining(), seats: hubs.seats.length });
      this.#beaten = true;
      const ids = hubs.ids;
      if (ids.length === 0) return;
      const held = await renewHubs(client, relayId, ids);
      // Somebody took the lease over: two tunnels to one console must not be.
      for (const id of ids) if (!held.has(id)) hubs.end(id, 'moved');
    });
    this.#beating = Promise.all([this.#beating, beat]).then(() => undefined);
    return beat;
  }

  #tidy(): Promise<void> {
    const { client, relayId, hubs, events, log } = this.#deps;
    return this.#quietly(async () => {
      await reapSeats(client);
      const ours = new Set(hubs.seats.map((seat) => seat.id));
      const strangers = (await seatStanding(client, relayId)).filter((row) => !ours.has(row.seatId));
      // A seat between its commit and its hub, or between its end and its close, is a stranger once. Twice, it was
      // admitted by a commit whose answer was lost.
      for (const { seatId } of strangers) {
        if (!this.#strangers.has(seatId)) continue;
        log.warn({ seatId }, 'a seat without a console was closed');
        await events.record({
          kind: 'seat-close',
          eventId: randomUUID(),
          seatId,
          reason: 'relay-lost',
          receipt: null,
        });
      }
      this.#strangers = new Set(strangers.map((row) => row.seatId));
    });
  }

  /** The database may be away: the next beat tries again, and the authority watch keeps the seats honest. */
  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#deps.log.warn({ err }, 'the database did not hear of this relay');
    }
  }
}
