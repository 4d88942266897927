import { randomUUID } from 'node:crypto';
import type { Logger } from '@porthole/logger';
import type { CloseKind, ConsoleKind } from '@porthole/relay-contract';
import { CLOSE, LIMITS } from '@porthole/relay-contract';
import type { Clock } from '../clock.ts';
import type { JournalEntry } from '../journal/close-journal.ts';
import type { RelayMetrics } from '../metrics/relay-metrics.ts';
import { Hub, type HubListener, type Sitting } from './hub.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { Seat } from './seat.ts';

/** What is counted of hubs. */
export type HubMetrics = Pick<RelayMetrics, 'redialled' | 'firstPicture' | 'hubOver'>;

/** The console that a seat is for. */
export interface ConsoleOfSeat {
  readonly hubId: string;
  readonly tenantId: string;
  readonly kind: ConsoleKind;
  readonly log: Logger;
  readonly scrollbackBytes: number;
}

/** All hubs of this relay by their id in the database, and what the log hears of their tunnels. */
export class Hubs {
  readonly #clock: Clock;
  readonly #record: (entry: JournalEntry) => void;
  readonly #metrics: HubMetrics;
  readonly #bytesPerSecond: number;
  readonly #byId = new Map<string, Hub>();
  readonly #framebuffers = new MemoryBudget(LIMITS.framebufferBytesPerRelay);

  /** @param deps what each console may say in a second is in `bytesPerSecond` */
  constructor(deps: {
    clock: Clock;
    record: (entry: JournalEntry) => void;
    metrics: HubMetrics;
    bytesPerSecond: number;
  }) {
    this.#clock = deps.clock;
    this.#record = deps.record;
    this.#metrics = deps.metrics;
    this.#bytesPerSecond = deps.bytesPerSecond;
  }

  get all(): readonly Hub[] {
    return [...this.#byId.values()];
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** Memory that the pictures of shared consoles take. */
  get framebufferBytes(): number {
    return this.#framebuffers.taken;
  }

  get seats(): readonly Seat[] {
    return this.all.flatMap((hub) => hub.seats);
  }

  has(hubId: string): boolean {
    return this.#byId.has(hubId);
  }

  /** Gives the seat its place at its console: at the hub that is there, or at a new one, which dials. */
  take(seat: Seat, console: ConsoleOfSeat & Sitting): void {
    const { hubId, tenantId, kind, log, scrollbackBytes } = console;
    let hub = this.#byId.get(hubId);
    if (hub === undefined) {
      hub = new Hub({
        id: hubId,
        tenantId,
        kind,
        scrollbackBytes,
        bytesPerSecond: this.#bytesPerSecond,
        log,
        clock: this.#clock,
        listener: this.#listener,
        framebuffers: this.#framebuffers,
      });
      this.#byId.set(hubId, hub);
    }
    hub.take(seat, console);
  }

  /** Ends one hub; nothing where it is over. */
  end(hubId: string, kind: CloseKind): void {
    this.#byId.get(hubId)?.end(kind);
  }

  /** Consoles where nobody sits are bounded for each organisation: what was left longest ago goes first. */
  #boundKept(tenantId: string): void {
    const kept = this.all.filter((hub) => hub.isKept && hub.tenantId === tenantId);
    const oldest = kept.toSorted((a, b) => a.keptSince - b.keptSince);
    for (const hub of oldest.slice(0, Math.max(0, kept.length - LIMITS.keptTextsPerTenant))) hub.end('left');
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
        data: {
          reason: CLOSE[reason].reason,
          ms: durationMs,
          bytesFromHost,
          bytesToHost,
          receipt: hub.receipt,
        },
      }),
    redialled: () => this.#metrics.redialled(),
    firstPicture: (hub, ms) => this.#metrics.firstPicture(hub.kind, ms),
    keyboardMoved: (hub, { action, data }) =>
      this.#record({ kind: 'hub-event', eventId: randomUUID(), hubId: hub.id, action, data }),
    kept: (hub) => this.#boundKept(hub.tenantId),
    over: (hub, wasKept) => {
      this.#byId.delete(hub.id);
      this.#metrics.hubOver(hub.receipt);
      // With seats, the close of the last one is followed by the end of its hub.
      if (wasKept) this.#record({ kind: 'hub-end', hubId: hub.id });
    },
  };
}
