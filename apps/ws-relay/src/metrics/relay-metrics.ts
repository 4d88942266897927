import {
  CLOSE,
  type CloseKind,
  CONSOLE_KINDS,
  type ConsoleKind,
  type Receipt,
} from '@porthole/relay-contract';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import { closeKindOfError } from '../close-kind-of-error.ts';
import type { Dial } from '../hub/host-tunnel.ts';
import type { HubReceipt } from '../hub/hub-receipt.ts';
import type { RefusalStatus } from '../upgrade/refuse-upgrade.ts';
import { type LiveConsoles, Traffic } from './traffic.ts';

/** What is read when somebody asks; nothing is counted for it in between. */
export interface MetricSources {
  readonly consoles: () => LiveConsoles;
  readonly framebufferBytes: () => number;
  /** Since the live seat that has waited longest was confirmed. */
  readonly authorityAgeMs: () => number;
  readonly journalBytes: () => number;
  readonly isReady: () => boolean;
}

/** What came of a pass: a console, a refusal, no place, or nobody could say. */
export const REDEEM_OUTCOMES = ['admitted', 'refused', 'full', 'failed'] as const;
export type RedeemOutcome = (typeof REDEEM_OUTCOMES)[number];

/** How an upgrade was answered, by its status. */
export const UPGRADE_RESULTS = {
  101: 'accepted',
  401: 'refused',
  431: 'too-large',
  503: 'unavailable',
} as const satisfies Record<101 | RefusalStatus, string>;

/** How a dial ended: with a console, or with what its seats were told. */
const DIALLED = 'open';

const SECONDS = {
  redeem: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  dial: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
  picture: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
};

/**
 * What an operator reads at `/metrics` (docs: README, "Metrics"). Every label has a closed set of values: no person,
 * organisation or machine is in it, neither by name nor by id, for what scrapes is read by others than the log.
 */
export class RelayMetrics {
  readonly registry: Registry;
  readonly #clock: Clock;
  readonly #traffic = new Traffic();
  readonly #upgrades: Counter<'result'>;
  readonly #opens: Counter<'kind'>;
  readonly #closes: Counter<'reason'>;
  readonly #redials: Counter;
  readonly #redeem: Histogram<'outcome'>;
  readonly #dial: Histogram<'outcome'>;
  readonly #picture: Histogram<'kind'>;

  constructor(clock: Clock, registry: Registry = new Registry()) {
    this.#clock = clock;
    this.registry = registry;
    const registers = [registry];
    this.#upgrades = new Counter({
      name: 'porthole_relay_upgrades_total',
      help: 'Upgrades to a console socket, by how they were answered.',
      labelNames: ['result'],
      registers,
    });
    this.#opens = new Counter({
      name: 'porthole_relay_opens_total',
      help: 'Seats that were opened.',
      labelNames: ['kind'],
      registers,
    });
    this.#closes = new Counter({
      name: 'porthole_relay_closes_total',
      help: 'Seats that were closed, by the word they were closed with.',
      labelNames: ['reason'],
      registers,
    });
    this.#redials = new Counter({
      name: 'porthole_relay_redials_total',
      help: 'Lines to a host that were lost and stand again.',
      registers,
    });
    this.#redeem = new Histogram({
      name: 'porthole_relay_redeem_seconds',
      help: 'What the database took to redeem a pass and admit its seat.',
      labelNames: ['outcome'],
      buckets: SECONDS.redeem,
      registers,
    });
    this.#dial = new Histogram({
      name: 'porthole_relay_dial_seconds',
      help: 'One try to open the console at its host.',
      labelNames: ['outcome'],
      buckets: SECONDS.dial,
      registers,
    });
    this.#picture = new Histogram({
      name: 'porthole_relay_first_picture_seconds',
      help: 'From the seat to its first picture, or its first text.',
      labelNames: ['kind'],
      buckets: SECONDS.picture,
      registers,
    });
    // A count that was never made reads as nothing: the field expects a nought.
    for (const result of Object.values(UPGRADE_RESULTS)) this.#upgrades.inc({ result }, 0);
    for (const kind of CONSOLE_KINDS) this.#opens.inc({ kind }, 0);
    for (const { reason } of Object.values(CLOSE)) this.#closes.inc({ reason }, 0);
  }

  /** Says where the values are that stand for now; once, before anybody asks. */
  read(sources: MetricSources): void {
    const registers = [this.registry];
    const traffic = this.#traffic;
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({ name: `porthole_relay_${name}`, help, registers, collect: collectWith(value) });
    const byKind = (name: string, help: string, count: (kind: ConsoleKind) => number) =>
      new Gauge({
        name: `porthole_relay_${name}`,
        help,
        labelNames: ['kind'],
        registers,
        collect() {
          for (const kind of CONSOLE_KINDS) this.set({ kind }, count(kind));
        },
      });
    const hubsOf = (kind: ConsoleKind) => sources.consoles().all.filter((hub) => hub.kind === kind);
    byKind('hubs', 'Consoles that are open: one line to a host each.', (kind) => hubsOf(kind).length);
    byKind('seats', 'People at consoles.', (kind) =>
      hubsOf(kind).reduce((sum, hub) => sum + hub.seats.length, 0),
    );
    gauge('framebuffer_bytes', 'Memory that pictures of shared consoles take.', sources.framebufferBytes);
    gauge(
      'authority_age_seconds',
      'Since the live seat that has waited longest was confirmed in its rights.',
      () => sources.authorityAgeMs() / 1_000,
    );
    gauge('journal_bytes', 'Ends that the database has not taken yet.', sources.journalBytes);
    gauge('ready', '1 while new consoles may open.', () => Number(sources.isReady()));
    new Counter({
      name: 'porthole_relay_bytes_total',
      help: 'Console bytes, by the side of the relay and the way they went.',
      labelNames: ['side', 'direction'],
      registers,
      collect() {
        const sums = traffic.sums(sources.consoles());
        this.reset();
        this.inc({ side: 'browser', direction: 'out' }, sums.toBrowsers);
        this.inc({ side: 'browser', direction: 'in' }, sums.fromBrowsers);
        this.inc({ side: 'host', direction: 'out' }, sums.toHosts);
        this.inc({ side: 'host', direction: 'in' }, sums.fromHosts);
      },
    });
    new Counter({
      name: 'porthole_relay_input_events_total',
      help: 'Keys, pointers and the like: passed to the host, or dropped for want of right or keyboard.',
      labelNames: ['outcome'],
      registers,
      collect() {
        const sums = traffic.sums(sources.consoles());
        this.reset();
        this.inc({ outcome: 'passed' }, sums.inputPassed);
        this.inc({ outcome: 'dropped' }, sums.inputDropped);
      },
    });
  }

  answered(status: 101 | RefusalStatus): void {
    this.#upgrades.inc({ result: UPGRADE_RESULTS[status] });
  }

  redeemed(outcome: RedeemOutcome, sinceMs: number): void {
    this.#redeem.observe({ outcome }, this.#secondsSince(sinceMs));
  }

  opened(kind: ConsoleKind): void {
    this.#opens.inc({ kind });
  }

  closed(kind: CloseKind, receipt: Receipt): void {
    this.#closes.inc({ reason: CLOSE[kind].reason });
    this.#traffic.seatOver(receipt);
  }

  hubOver(receipt: HubReceipt): void {
    this.#traffic.hubOver(receipt);
  }

  firstPicture(kind: ConsoleKind, ms: number): void {
    this.#picture.observe({ kind }, ms / 1_000);
  }

  redialled(): void {
    this.#redials.inc();
  }

  /** The same dial, each try of it timed. */
  timed(dial: Dial): Dial {
    return async (attempt) => {
      const startedAt = this.#clock.now();
      const over = (outcome: string) => this.#dial.observe({ outcome }, this.#secondsSince(startedAt));
      try {
        const tunnel = await dial(attempt);
        over(DIALLED);
        return tunnel;
      } catch (error) {
        over(CLOSE[closeKindOfError(error)].reason);
        throw error;
      }
    };
  }

  /** All of it in the text form of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  #secondsSince(ms: number): number {
    return (this.#clock.now() - ms) / 1_000;
  }
}

function collectWith(value: () => number) {
  return function collect(this: Gauge): void {
    this.set(value());
  };
}
