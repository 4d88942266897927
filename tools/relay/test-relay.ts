import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDb, createPgPool, type Db, type PgPool, type Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { type FakeHost, type FakePool, type FakePoolOptions, startFakePool } from '@porthole/fake-xenserver';
import { createLogger } from '@porthole/logger';
import { type ConsoleKind, consoleSocketPath, offeredProtocols } from '@porthole/relay-contract';
import { BINDER_COOKIE, hashBinder, issueTicket, newBinder } from '@porthole/tickets';
import { generateKeyPair, keyRing, parsePrivateKey, parsePublicKey, sealSession } from '@porthole/vault';
import pg from 'pg';
import { chooseRelay } from '../../apps/portal/src/server/console/choose-relay.ts';
import { type Clock, systemClock } from '../../apps/ws-relay/src/clock.ts';
import { type RelayOptions, startRelay } from '../../apps/ws-relay/src/relay.ts';
import { makeTestWorld, type TestWorld } from '../../prisma/test-world.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import { upgradeHead } from './raw-browser.ts';
import { TestBrowser } from './test-browser.ts';

export const TEST_ORIGIN = 'https://porthole.example';
/** The relay that a test has unless it says otherwise. */
export const RELAY_ID = 'relay-1';

/** A pass as the portal gives it. */
export interface TestPass {
  readonly ticketId: string;
  readonly ticket: Secret;
  readonly relayId: string;
}

/** What a console is asked for; what is left out is Mira at `web`'s screen, to type. */
export interface TestAsk {
  readonly person?: string;
  readonly kind?: ConsoleKind;
  readonly mode?: 'look' | 'type';
  /** Our id of the machine. */
  readonly vm?: string;
  /** The relay that the pass names. */
  readonly relayId?: string;
  /** Another organisation than Acme, another login than the person's. */
  readonly tenantId?: string;
  readonly loginSessionId?: string;
  /** A guest in place of a person. */
  readonly guest?: { readonly linkId: string; readonly visitId: string };
}

/** How it is asked for; what is left out is as a browser does it. */
export interface TestKnock {
  readonly origin?: string;
  readonly binder?: string;
  readonly path?: string;
  readonly autoPong?: boolean;
  /** The relay whose door it is. */
  readonly relayId?: string;
}

/** One event of the log, as tests look at it. */
export interface TestEvent {
  readonly action: string;
  readonly outcome: string;
  readonly data: Record<string, unknown>;
}

export interface TestRelayOptions {
  /** Changes to what a real relay is started with; made with its connections to the database in hand. */
  readonly relay?: Partial<RelayOptions> | ((pool: PgPool) => Partial<RelayOptions>);
  /** Adds to a pool of one guest, `web`, with screen and text. */
  readonly pool?: Partial<FakePoolOptions>;
  /** No relay yet: the test starts its own. */
  readonly withoutRelay?: boolean;
  /** Another way to the same database. */
  readonly way?: (databaseUrl: string) => Promise<string>;
}

/** One relay of the test, in this process or in one of its own. */
interface RunningRelay {
  readonly port: number;
  stop(): Promise<void>;
}

/** Everything from the database to the stand-in pool around one relay, all real; more relays may join it. */
export class TestRelay {
  readonly database: TestDatabase;
  readonly world: TestWorld;
  readonly pool: FakePool;
  readonly sql: pg.Client;
  readonly lines: Record<string, unknown>[] = [];
  /** Rows of the stand-in's hosts, in its order. */
  readonly hostIds: string[];
  /** The database as the portal has it. */
  readonly portal: Db;
  readonly #binder = newBinder();
  readonly #keys = generateKeyPair();
  /** Where every relay keeps its journal, under its own name. */
  readonly journalDir: string;
  readonly #relays = new Map<string, RunningRelay>();

  private constructor(parts: {
    database: TestDatabase;
    world: TestWorld;
    pool: FakePool;
    sql: pg.Client;
    portal: Db;
    journalDir: string;
  }) {
    this.database = parts.database;
    this.world = parts.world;
    this.hostIds = [parts.world.host];
    this.pool = parts.pool;
    this.sql = parts.sql;
    this.portal = parts.portal;
    this.journalDir = parts.journalDir;
  }

  static async start(options: TestRelayOptions = {}): Promise<TestRelay> {
    const database = await createTestDatabase();
    const world = await makeTestWorld(database.url('superuser'));
    const pool = await startFakePool({
      name: 'Frankfurt',
      account: { username: 'root', password: 'secret' },
      hosts: 1,
      vms: [{ name: 'web' }],
      ...options.pool,
    });
    const sql = new pg.Client({ connectionString: database.url('superuser') });
    await sql.connect();
    const test = new TestRelay({
      database,
      world,
      pool,
      sql,
      portal: createDb({ url: database.url('portal') }),
      journalDir: await mkdtemp(join(tmpdir(), 'porthole-relay-')),
    });
    for (const host of pool.hosts.slice(1)) await test.#addHost(host.uuid);
    await test.writeMachine();
    await test.sealFreshSession();
    if (options.withoutRelay !== true) await test.startRelay(options);
    return test;
  }

  get port(): number {
    return this.portOf(RELAY_ID);
  }

  portOf(relayId: string): number {
    return this.#relays.get(relayId)?.port ?? 0;
  }

  /** What the browser's binder cookie holds. */
  get binderText(): string {
    return this.#binder.reveal();
  }

  /** The key with which relays open sealed sessions. */
  get relayKeyPem(): Secret {
    return this.#keys.privatePem;
  }

  /** Addresses of the stand-in hosts, which relays may dial although they are loopback. */
  get demoEndpoints(): string[] {
    return this.pool.hosts.map((host) => `${host.address}:${host.port}`);
  }

  async startRelay({ relay, way }: TestRelayOptions = {}): Promise<void> {
    const url = this.database.url('relay');
    const pool = createPgPool({ url: way === undefined ? url : await way(url) });
    const options: RelayOptions = {
      relayId: RELAY_ID,
      host: '127.0.0.1',
      port: 0,
      origins: [TEST_ORIGIN],
      trustedProxies: [],
      journalDir: this.journalDir,
      egress: {
        allowedCidrs: [],
        demoEndpoints: this.demoEndpoints,
        ownAddresses: [],
        allowedPorts: [443],
      },
      keys: keyRing([parsePrivateKey(this.relayKeyPem, 'test')]),
      pool,
      clock: systemClock,
      log: createLogger({
        app: 'ws-relay',
        level: 'debug',
        destination: { write: (line) => void this.lines.push(JSON.parse(line)) },
      }),
      drainTimes: { spreadMs: 0, hardStopMs: 5_000 },
      ...(typeof relay === 'function' ? relay(pool) : relay),
    };
    const started = await startRelay(options);
    this.adopt(options.relayId, {
      port: started.port,
      stop: async () => {
        await started.stop();
        await pool.end();
      },
    });
  }

  /** A relay that was started elsewhere is this test's: browsers find it, and it is stopped with the rest. */
  adopt(relayId: string, relay: RunningRelay): void {
    this.#relays.set(relayId, relay);
  }

  async stopRelay(relayId = RELAY_ID): Promise<void> {
    const relay = this.#relays.get(relayId);
    this.#relays.delete(relayId);
    await relay?.stop();
  }

  async stop(): Promise<void> {
    for (const relayId of [...this.#relays.keys()]) await this.stopRelay(relayId);
    await this.portal.close();
    await this.sql.end();
    await this.pool.stop();
    await this.database.drop();
    await rm(this.journalDir, { recursive: true });
  }

  /** Brings `web`'s row in step with the stand-in, as the worker would. */
  async writeMachine(
    changes: {
      powerState?: string;
      screen?: string | null;
      text?: string | null;
      operation?: string | null;
      host?: number;
    } = {},
  ): Promise<void> {
    const consoles = this.pool.vm('web').consoles;
    const ref = (protocol: string) => consoles.find((console) => console.protocol === protocol)?.ref ?? null;
    const { powerState = 'Running', screen = ref('rfb'), text = ref('vt100'), operation = null } = changes;
    await this.sql.query(
      `UPDATE vm SET power_state = $2::power_state, screen_console_ref = $3, text_console_ref = $4, operation = $5,
         resident_host_id = coalesce($6, resident_host_id) WHERE id = $1`,
      [this.world.web, powerState, screen, text, operation, this.hostIds[changes.host ?? -1] ?? null],
    );
  }

  /** Text consoles of Acme end with their last seat, so that a test which counts tunnels sees its own alone. */
  async keepNoText(): Promise<void> {
    await this.sql.query(
      `INSERT INTO tenant_policy (tenant_id, text_kept_ms) VALUES ($1, 0)
       ON CONFLICT (tenant_id) DO UPDATE SET text_kept_ms = 0`,
      [this.world.acme],
    );
  }

  async #addHost(uuid: string): Promise<void> {
    const { rows } = await this.sql.query(
      `INSERT INTO host (tenant_id, pool_id, uuid, name, address)
       SELECT tenant_id, pool_id, $2, 'fra-2', address FROM host WHERE id = $1 RETURNING id`,
      [this.world.host, uuid],
    );
    this.hostIds.push(rows[0]?.id);
  }

  /** Another machine of the stand-in pool is Acme's, and Mira works on it too. @returns our id of it */
  async addMachine(name: string): Promise<string> {
    const { world } = this;
    const ref = (protocol: string) =>
      this.pool.vm(name).consoles.find((console) => console.protocol === protocol)?.ref ?? null;
    const { rows } = await this.sql.query<{ id: string }>(
      `INSERT INTO vm (tenant_id, id, pool_tenant_id, pool_id, uuid, name, power_state, resident_host_id,
         screen_console_ref, text_console_ref)
       VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, 'Running', $6, $7, $8) RETURNING id`,
      [
        world.acme,
        world.northgate,
        world.pool,
        this.pool.vm(name).uuid,
        name,
        world.host,
        ref('rfb'),
        ref('vt100'),
      ],
    );
    const id = rows[0]?.id ?? '';
    await this.sql.query(
      `INSERT INTO access_grant (tenant_id, person_id, vm_id, role) VALUES ($1, $2, $3, 'operator')`,
      [world.acme, world.mira, id],
    );
    return id;
  }

  /** Signs in to the stand-in and seals the session for the relay, one for each host, as the worker would. */
  async sealFreshSession(change: { sessionRef?: string; port?: number } = {}): Promise<void> {
    const sessionRef = change.sessionRef ?? (await signIn(this.pool));
    for (const [index, host] of this.pool.hosts.entries())
      await this.#seal(this.hostIds[index] ?? '', { ...host, port: change.port ?? host.port }, sessionRef);
  }

  async #seal(hostId: string, host: FakeHost, sessionRef: string): Promise<void> {
    const { world } = this;
    const sealed = sealSession({
      relayPublicKey: parsePublicKey(this.#keys.publicPem, 'test'),
      tenantId: world.northgate,
      hostId,
      payload: {
        sessionRef: new Secret(sessionRef),
        hostUuid: host.uuid,
        address: host.address,
        port: host.port,
        pin: { fingerprint256: host.fingerprint256, pem: host.certPem },
      },
    });
    const { kid, epk, wrapIv, wrappedDek, wrapTag, iv, ct, tag } = sealed;
    await this.sql.query(
      `INSERT INTO host_session (tenant_id, host_id, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (tenant_id, host_id) DO UPDATE SET kid = $3, epk = $4, wrap_iv = $5, wrapped_dek = $6, wrap_tag = $7,
         iv = $8, ct = $9, tag = $10, generation = host_session.generation + 1`,
      [world.northgate, hostId, kid, epk, wrapIv, wrappedDek, wrapTag, iv, ct, tag],
    );
  }

  /** As the portal's `console.open`, without its question to `can()`. */
  async issue(ask: TestAsk = {}): Promise<TestPass> {
    return this.#issue(ask, async () => ask.relayId ?? RELAY_ID);
  }

  /** The same, at the relay that the portal chooses. @throws AppError `relay/none` */
  async issueAnywhere(ask: TestAsk = {}): Promise<TestPass> {
    const { world } = this;
    const console = {
      tenantId: ask.tenantId ?? world.acme,
      vmId: ask.vm ?? world.web,
      kind: ask.kind ?? 'screen',
    } as const;
    return this.#issue(ask, async (tx) => chooseRelay(tx, console, await now(tx)));
  }

  async #issue(ask: TestAsk, relayFor: (tx: Tx) => Promise<string>): Promise<TestPass> {
    const { world } = this;
    const { guest } = ask;
    const person = guest?.linkId ?? ask.person ?? world.mira;
    const tenantId = ask.tenantId ?? world.acme;
    return this.portal.withTenant(tenantId, async (tx) => {
      const relayId = await relayFor(tx);
      const issued = await issueTicket(tx, {
        tenantId,
        personId: person,
        loginSessionId: guest?.visitId ?? ask.loginSessionId ?? world.sessions[person] ?? '',
        ...(guest === undefined ? {} : { guestLinkId: guest.linkId }),
        vmId: ask.vm ?? world.web,
        kind: ask.kind ?? 'screen',
        mode: ask.mode ?? 'type',
        relayId,
        binderHash: hashBinder(this.#binder),
      });
      return { ...issued, relayId };
    });
  }

  /** Knocks with a ticket as a browser does. */
  knock(ticket: Secret, knock: TestKnock = {}): TestBrowser {
    const { relayId = RELAY_ID } = knock;
    const url = `ws://127.0.0.1:${this.portOf(relayId)}${knock.path ?? consoleSocketPath(relayId)}`;
    return new TestBrowser(url, ticket.reveal(), {
      origin: knock.origin ?? TEST_ORIGIN,
      cookie: `${BINDER_COOKIE}=${knock.binder ?? this.binderText}`,
      autoPong: knock.autoPong ?? true,
    });
  }

  /** The head of an upgrade with a ticket, for who writes it byte by byte. */
  headFor(ticket: Secret, more: Readonly<Record<string, string>> = {}): string {
    return upgradeHead(consoleSocketPath(RELAY_ID), {
      origin: TEST_ORIGIN,
      cookie: `${BINDER_COOKIE}=${this.#binder.reveal()}`,
      'sec-websocket-protocol': offeredProtocols(ticket.reveal()).join(', '),
      ...more,
    });
  }

  async open(ask: TestAsk = {}): Promise<TestBrowser> {
    const { ticket, relayId } = await this.issue(ask);
    return this.knock(ticket, { relayId });
  }

  /** What the log says of consoles: opened, closed, closed twice, and seats that live on. */
  async consoleCounts(): Promise<{ open: number; closed: number; doubled: number; live: number }> {
    const { rows } = await this.sql.query<{ open: number; closed: number; doubled: number; live: number }>(`
      SELECT
        (SELECT count(*)::int FROM audit_event WHERE action = 'console.open') AS open,
        (SELECT count(*)::int FROM audit_event WHERE action = 'console.close') AS closed,
        (SELECT count(*)::int FROM (SELECT payload::jsonb -> 'data' ->> 'seatId' FROM audit_event
           WHERE action = 'console.close' GROUP BY 1 HAVING count(*) > 1) AS twice) AS doubled,
        (SELECT count(*)::int FROM console_seat WHERE closed_at IS NULL) AS live`);
    return rows[0] ?? { open: 0, closed: 0, doubled: 0, live: 1 };
  }

  /** Acme's log from its beginning. */
  async events(tenantId = this.world.acme): Promise<TestEvent[]> {
    const { rows } = await this.sql.query(
      'SELECT payload FROM audit_event WHERE tenant_id = $1 ORDER BY seq',
      [tenantId],
    );
    return rows.map(({ payload }) => JSON.parse(payload));
  }

  async outcomeOf(ticketId: string): Promise<string> {
    const { rows } = await this.sql.query('SELECT outcome FROM console_ticket WHERE id = $1', [ticketId]);
    return rows[0]?.outcome;
  }
}

/** A clock on which time runs `times` as fast, so that long waits are short without anybody sleeping. */
export function fastClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    after: (ms, act) => systemClock.after(ms / times, act),
  };
}

async function now(tx: Tx): Promise<Date> {
  const rows = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return rows[0]?.now ?? new Date();
}

function signIn(pool: FakePool): Promise<string> {
  const [host] = pool.hosts;
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'session.login_with_password',
    params: ['root', 'secret', '1.1', 'test'],
  });
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: host?.address,
        port: host?.port,
        path: '/jsonrpc',
        method: 'POST',
        ca: host?.certPem,
        agent: false,
        checkServerIdentity: () => undefined,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (part) => (text += part))
          .on('end', () => resolve(JSON.parse(text).result));
      },
    );
    asking.on('error', reject).end(body);
  });
}
