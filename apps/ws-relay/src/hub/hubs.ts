import { randomUUID } from 'node:crypto';
import type { Logger } from '@porthole/logger';
import type { CloseKind, ConsoleKind } from '@porthole/relay-contract';
import { CLOSE, LIMITS } from '@porthole/relay-contract';
import type { Clock } from '../clock.ts';
import type { JournalEntry } from '../journal/close-journal.ts';
import type { Dial } from './host-tunnel.ts';
import { Hub, type HubListener } from './hub.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { Seat } from './seat.ts';

/** All hubs of this relay by their id in the database, and what the log hears of their tunnels. */
export class Hubs {
  readonly #clock: Clock;
  readonly #record: (entry: JournalEntry) => void;
  readonly #byId = new Map<string, Hub>();
  readonly #framebuffers = new MemoryBudget(LIMITS.framebufferBytesPerRelay);

  constructor(deps: { clock: Clock; record: (entry: JournalEntry) => void }) {
    this.#clock = deps.clock;
    this.#record = deps.record;
  }

  get all(): readonly Hub[] {
    return [...this.#byId.values()];
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  get seats(): readonly Seat[] {
    return this.all.flatMap((hub) => hub.seats);
  }

  /** Gives the seat its place at its console: at the hub that is there, or at a new one, which dials. */
  take(seat: Seat, console: { hubId: string; kind: ConsoleKind; dial: Dial; log: Logger }): void {
    const { hubId, kind, dial, log } = console;
    let hub = this.#byId.get(hubId);
    if (hub === undefined) {
      hub = new Hub({
        id: hubId,
        kind,
        log,
        clock: this.#clock,
        listener: this.#listener,
        framebuffers: this.#framebuffers,
      });
      this.#byId.set(hubId, hub);
    }
    hub.take(seat, dial);
  }

  /** Ends one hub; nothing where it is over. */
  end(hubId: string, kind: CloseKind): void {
    this.#byId.get(hubId)?.end(kind);
  }

  endAll(kind: CloseKind): void {
    for (const hub of this.#byId.values()) hub.end(kind);
  }

  readonly #listener: HubListener = {
    tunnelUp: (hub, ms) =>
      this.#record({
        kind: 'hub-event',
        eventId: randomUUID(),
        hubId: hub.id,
        action: 'tunnel.up',
        data: { ms },
      }),
    tunnelDown: (hub, { reason, durationMs, bytesFromHost, bytesToHost }) =>
      this.#record({
        kind: 'hub-event',
        eventId: randomUUID(),
        hubId: hub.id,
        action: 'tunnel.down',
        data: { reason: CLOSE[reason].reason, ms: durationMs, bytesFromHost, bytesToHost },
      }),
    over: (hub) => {
      this.#byId.delete(hub.id);
    },
  };
}
