import type { AddressInfo } from 'node:net';
import { parseFacts } from '@porthole/authority';
import { askWorker, inTransaction, type PgClient, type PgPool } from '@porthole/db';
import type { EgressPolicy } from '@porthole/egress';
import type { Logger } from '@porthole/logger';
import { LIMITS, type TicketOutcome } from '@porthole/relay-contract';
import {
  BINDER_COOKIE,
  type ConsoleTarget,
  closeSeat,
  consoleTarget,
  denyTicket,
  endHub,
  hubEvent,
  noteSeatInput,
  noteSeatRights,
  removeRelay,
  type SeatLimits,
  seatStanding,
  seatsFacts,
} from '@porthole/tickets';
import type { PrivateKeys } from '@porthole/vault';
import type { Registry } from 'prom-client';
import type { Transaction } from './admit-console.ts';
import { type AuthoritySource, AuthorityWatch } from './authority/authority-watch.ts';
import { OwnConnection } from './authority/own-connection.ts';
import { CheckDesk } from './checks/check-desk.ts';
import { type Clock, every, settlesWithin } from './clock.ts';
import { consoleDial, type DialDeps } from './dial-console.ts';
import { type DrainTimes, drain } from './drain.ts';
import { HostPlaces } from './host-places.ts';
import type { Dial } from './hub/host-tunnel.ts';
import { Hubs } from './hub/hubs.ts';
import { CloseJournal, type JournalEntry } from './journal/close-journal.ts';
import { EventRecorder } from './journal/event-recorder.ts';
import { MemoryGuard, processMemory, type RelayMemory } from './memory-guard.ts';
import { RelayMetrics } from './metrics/relay-metrics.ts';
import { openConsole } from './open-console.ts';
import { Presence } from './presence.ts';
import { createRelayServer, type RefusedUpgrade } from './server.ts';
import { checkUpgrade, type UpgradeRefusal } from './upgrade/check-upgrade.ts';

/** How often a draining relay looks for seats that came late, in milliseconds. */
const LATECOMERS_EVERY_MS = 100;
/** How long the database may take to hear that the relay drains, in milliseconds. */
const WORD_PATIENCE_MS = 2_000;
/** How long the ends may take to be written once every console has ended or was ended, in milliseconds. */
export const LAST_WORDS_MS = 8_000;

export interface RelayOptions {
  readonly relayId: string;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly origins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly journalDir: string;
  readonly egress: EgressPolicy;
  readonly keys: PrivateKeys;
  readonly pool: PgPool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly drainTimes: DrainTimes;
  /** Most that the host of one console may say in a second. */
  readonly consoleBytesPerSecond?: number;
  readonly seatLimits?: SeatLimits;
  /** What it may take of the machine's memory, in bytes; null for what the machine or its container has. */
  readonly memoryLimitBytes?: number | null;
  /** How its memory is read; only tests give another than the process's own. */
  readonly memory?: RelayMemory;
  /** How long an upgrade may take; only gates and tests give another than that of the contract. */
  readonly upgradeTimeoutMs?: number;
  /** Where what is counted stands beside what the process tells of itself; a fresh one if left out. */
  readonly registry?: Registry;
  /** How an admission commits; only gates and tests give another than that of libs/db. */
  readonly transaction?: Transaction;
  /** How the authority of live seats is asked for; only gates and tests put another before that of the database. */
  readonly authority?: (database: AuthoritySource) => AuthoritySource;
}

export interface Relay {
  readonly port: number;
  /** Something may have changed for somebody: looked at now rather than within a second. */
  hintAuthority(): void;
  /** A check of a pool may wait for a relay. */
  hintChecks(): void;
  /** Refuses new consoles, moves the open ones on, writes their ends, and is gone. */
  stop(): Promise<void>;
}

/** Puts one relay together and starts it. It serves when this resolves. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { relayId, pool, clock, log } = options;
  let draining = false;
  const journal = await CloseJournal.open(options.journalDir, relayId);
  const events: EventRecorder = new EventRecorder({
    write: (entry) => writeEntry(pool, entry),
    journal,
    clock,
    log,
    // What could not be told afterwards must not go on (security.md §7).
    onUnwritable: () => hubs.endAll('authorityUnknown'),
  });
  const metrics = new RelayMetrics(clock, options.registry);
  const hubs = new Hubs({
    clock,
    metrics,
    record: (entry) => void events.record(entry),
    bytesPerSecond: options.consoleBytesPerSecond ?? LIMITS.consoleBytesPerSecond,
  });
  const own = new OwnConnection(pool);
  const source = authoritySource(pool, own, relayId);
  const authority = new AuthorityWatch({ source: options.authority?.(source) ?? source, clock, log });
  const memory = options.memory ?? processMemory(options.memoryLimitBytes ?? null);
  const guard = new MemoryGuard({ memory, seats: () => hubs.seats, clock, log });
  const presence = new Presence({
    client: pool,
    relayId,
    hubs,
    events,
    clock,
    log,
    isDraining: () => draining,
  });
  const places = new HostPlaces(clock);
  const deps = {
    ...options,
    transaction: options.transaction ?? ((work) => inTransaction(pool, work)),
    hubs,
    events,
    authority,
    metrics,
    dialFor: (seatId: string, target: ConsoleTarget) =>
      metrics.timed(dialFor({ ...options, places }, seatId, target)),
  };
  const checks = new CheckDesk({ ...options, client: pool, isDraining: () => draining });
  const isReady = () => !draining && events.isWritable && presence.isKnown;
  metrics.read({
    consoles: () => hubs,
    framebufferBytes: () => hubs.framebufferBytes,
    authorityAgeMs: () => authority.ageMs,
    journalBytes: () => journal.bytes,
    isReady,
  });
  const open = new Set<Promise<void>>();
  const server = createRelayServer({
    trustedProxies: options.trustedProxies,
    check: (request) =>
      checkUpgrade({ relayId, origins: options.origins, binderCookie: BINDER_COOKIE }, request),
    open: (upgrade) => {
      const console = openConsole(deps, upgrade).catch((err: unknown) =>
        log.error({ err }, 'a console ended in a fault of ours'),
      );
      open.add(console);
      void console.then(() => open.delete(console));
    },
    refused: (refusal) => void noteRefusal(options, refusal),
    isOpen: () => !draining && events.isWritable && !guard.isTight,
    ...(options.upgradeTimeoutMs === undefined ? {} : { upgradeTimeoutMs: options.upgradeTimeoutMs }),
    isReady,
    metrics: () => metrics.text(),
    answered: (status) => metrics.answered(status),
  });
  await events.replay();
  await presence.start();
  checks.start();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  const port = portOf(server.address());
  log.info({ port, relayId }, 'the relay serves');

  return {
    port,
    hintAuthority: () => void authority.poll(),
    hintChecks: () => checks.look(),
    stop: async () => {
      if (draining) return;
      draining = true;
      // From here on no pass names this relay; only then are its consoles told to ask for one.
      await settlesWithin(clock, WORD_PATIENCE_MS, presence.beat());
      await drain({ hubs, clock, log }, options.drainTimes);
      // A pass that was being redeemed meanwhile becomes a seat after all, and moves on at once.
      const cancel = every(clock, LATECOMERS_EVERY_MS, () => hubs.endAll('drain'));
      const leaving = leave();
      if (!(await settlesWithin(clock, LAST_WORDS_MS, leaving)))
        log.error('the relay ends before all its ends are written; another one will close what it left');
      cancel();
      own.release();
    },
  };

  async function leave(): Promise<void> {
    await Promise.all(open);
    server.close();
    server.closeAllConnections();
    authority.stop();
    guard.stop();
    await checks.stop();
    await presence.stop();
    await events.settle();
    await journal.close();
    await removeRelay(pool, relayId).catch((err: unknown) =>
      log.warn({ err }, 'the relay could not take itself out of the list'),
    );
  }
}

function dialFor(
  { egress, keys, clock, pool, places }: RelayOptions & Pick<DialDeps, 'places'>,
  seatId: string,
  admitted: ConsoleTarget,
): Dial {
  return consoleDial(
    {
      egress,
      keys,
      clock,
      places,
      readTarget: () => consoleTarget(pool, seatId),
      askForFresh: (old) => askForFresh(pool, old),
    },
    admitted,
  );
}

function askForFresh(pool: PgPool, { vm, host }: ConsoleTarget): Promise<void> {
  const { poolTenantId: tenantId, poolId, id: vmId } = vm;
  return askWorker(
    pool,
    host === null
      ? { task: 'sync-pool', tenantId, poolId }
      : { task: 'refresh-session', tenantId, poolId, hostId: host.id, vmId },
  );
}

async function writeEntry(pool: PgPool, entry: JournalEntry): Promise<void> {
  switch (entry.kind) {
    case 'seat-close':
      await closeSeat(pool, entry);
      break;
    case 'hub-event':
      await hubEvent(pool, entry);
      break;
    case 'hub-end':
      await endHub(pool, entry.hubId);
      break;
  }
}

function authoritySource(pool: PgPool, own: PgClient, relayId: string): AuthoritySource {
  return {
    standing: () => seatStanding(own, relayId),
    facts: async (seatIds) => {
      const found = await seatsFacts(own, seatIds);
      return new Map(
        [...found].map(([id, { facts, ...rest }]) => [id, { facts: parseFacts(facts), ...rest }]),
      );
    },
    rightsChanged: (seatId, rights) => noteSeatRights(pool, seatId, rights),
    touch: (seatId) => noteSeatInput(pool, seatId),
  };
}

const OUTCOME_OF_REFUSAL: Record<UpgradeRefusal, Exclude<TicketOutcome, 'waiting' | 'opened'> | null> = {
  // Nobody showed a pass: a scanner, or somebody lost.
  'not-a-console': null,
  'too-many-headers': null,
  'other-site': 'other-site',
  'bad-ticket': 'revoked',
};

/** The true reason for the log, and for the owner of the pass if there is one (security.md §2.6). */
async function noteRefusal(
  { pool, relayId, log }: RelayOptions,
  { address, userAgent, checked }: RefusedUpgrade,
): Promise<void> {
  const { reason, ticket } = checked;
  log.info({ reason, address }, 'an upgrade was refused');
  const outcome = OUTCOME_OF_REFUSAL[reason];
  if (outcome === null) return;
  try {
    await denyTicket(pool, { ticketId: null, ticket, relayId, outcome, reason, ip: address, userAgent });
  } catch (err) {
    // Nothing was opened, so nothing hangs on this event; refusing goes on without the database.
    log.warn({ err, reason }, 'a refusal could not be recorded');
  }
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
