import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createDb, createPgPool, type Db, inTenantTransaction, type PgPool } from '@porthole/db';
import { type EgressPolicy, probeCertificate } from '@porthole/egress';
import { Secret } from '@porthole/errors';
import { type FakePool, type FakePoolOptions, startFakePool } from '@porthole/fake-xenserver';
import { createLogger } from '@porthole/logger';
import {
  generateKeyPair,
  keyRing,
  openSession,
  parsePrivateKey,
  parsePublicKey,
  type SessionPayload,
  sealForWorker,
} from '@porthole/vault';
import { XenApiClient, XenSession } from '@porthole/xenapi';
import type { Timing } from '../../apps/pool-worker/src/timing.ts';
import { PoolWatches, type WatchAllDeps } from '../../apps/pool-worker/src/watch-all.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';

const vault = generateKeyPair();
const relay = generateKeyPair();
/** What relays open sealed sessions with. */
export const relayKeys = keyRing([parsePrivateKey(relay.privatePem)]);

/** Writes what a worker in a process of its own opens passwords and seals sessions with. @returns the files' paths */
export function writeWorkerKeys(folder: string): { vaultKey: string; relayPublicKey: string } {
  const [vaultKey, relayPublicKey] = [path.join(folder, 'vault.key'), path.join(folder, 'relay.pub')];
  writeFileSync(vaultKey, vault.privatePem.reveal(), { mode: 0o600 });
  writeFileSync(relayPublicKey, relay.publicPem);
  return { vaultKey, relayPublicKey };
}

export const ACCOUNT = { username: 'root', password: 'canary-pool-password' };
/** Short enough for a test, long enough to be told apart. */
export const QUICK: Timing = {
  eventTimeoutS: 1.1,
  eventPauseMs: 10,
  verifyEveryMs: 200,
  trustHeadStartMs: 2_000,
  touchEveryMs: 1_000,
  resyncPauseMs: 50,
  logoutGraceMs: 50,
  renewEveryMs: 0,
  freshForMs: 0,
  firstWaitMs: 50,
  longestWaitMs: 200,
};

export interface PoolHandle {
  readonly tenantId: string;
  readonly poolId: string;
}

/** A worker's world: a real database, stand-in pools, and workers as the product makes them. For tests alone. */
export interface WorkerBench {
  readonly database: TestDatabase;
  /** As the worker's role. */
  readonly db: Db;
  /** As the portal's role, for what people do. */
  readonly portal: PgPool;
  readonly logLines: string[];
  addTenant(): Promise<string>;
  startPool(options?: Partial<FakePoolOptions>): Promise<FakePool>;
  /** As the portal writes it after an operator confirmed the fingerprint. */
  addPool(
    pool: FakePool,
    options?: { tenantId?: string; username?: string; password?: string },
  ): Promise<PoolHandle>;
  /** As the portal writes it after the pool got another pin. */
  sealFor(handle: PoolHandle, pin: string): Promise<void>;
  asPortal(tenantId: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  depsOf(holder: string, timing?: Partial<Timing>): WatchAllDeps;
  startWatches(holder?: string, options?: { timing?: Partial<Timing>; leaseS?: number }): PoolWatches;
  /** Somebody else at the pool, such as its administrator. */
  signInAt(pool: FakePool): Promise<XenSession>;
  poolRow(handle: PoolHandle): Promise<Record<string, unknown>>;
  vms(handle: PoolHandle): Promise<Map<string, Record<string, unknown>>>;
  events(tenantId: string): Promise<{ action: string; data: Record<string, unknown> }[]>;
  /** What the relay would find, opened with the relay's key, by host uuid. */
  sessions(handle: PoolHandle): Promise<Map<string, SessionPayload & { generation: number }>>;
  close(): Promise<void>;
}

export async function createWorkerBench(): Promise<WorkerBench> {
  const database = await createTestDatabase();
  const log = createLogger({ app: 'test', destination: { write: (line) => void logLines.push(line) } });
  const logLines: string[] = [];
  const db = createDb({ url: database.url('worker'), log });
  const portal = createPgPool({ url: database.url('portal'), log });
  const pools: FakePool[] = [];
  const watching: PoolWatches[] = [];
  const clients: XenApiClient[] = [];
  const demoEndpoints = () =>
    pools.flatMap((pool) => pool.hosts.map(({ address, port }) => `${address}:${port}`));

  const asPortal: WorkerBench['asPortal'] = async (tenantId, sql, values = []) => {
    const { rows } = await inTenantTransaction(portal, tenantId, (client) => client.query(sql, values));
    return rows.map((row) => ({ ...Object(row) }));
  };
  const asWorker = async (tenantId: string, sql: string, values: unknown[]) => {
    const { rows } = await inTenantTransaction(db.pool, tenantId, (client) => client.query(sql, values));
    return rows.map((row): Record<string, unknown> => ({ ...Object(row) }));
  };

  const bench: WorkerBench = {
    database,
    db,
    portal,
    logLines,
    asPortal,
    async addTenant() {
      const id = randomUUID();
      await asPortal(id, `INSERT INTO tenant (id, slug, name) VALUES ($1, $2, 'T')`, [id, `t-${id}`]);
      return id;
    },
    async startPool(options = {}) {
      const pool = await startFakePool({
        name: `Pool ${pools.length + 1}`,
        account: ACCOUNT,
        operationMs: 20,
        vms: [],
        ...options,
      });
      pools.push(pool);
      return pool;
    },
    async addPool(pool, { tenantId, username, password = ACCOUNT.password } = {}) {
      const handle = { tenantId: tenantId ?? (await bench.addTenant()), poolId: randomUUID() };
      const [coordinator] = pool.hosts;
      if (coordinator === undefined) throw new Error('the stand-in pool has no host');
      const pin = coordinator.fingerprint256;
      await asPortal(
        handle.tenantId,
        `INSERT INTO pool (tenant_id, id, display_name, address, port, pin) VALUES ($1, $2, 'Frankfurt', $3, $4, $5)`,
        [handle.tenantId, handle.poolId, coordinator.address, coordinator.port, pin],
      );
      await writeCredential(asPortal, handle, pin, password, username);
      return handle;
    },
    sealFor: (handle, pin) => writeCredential(asPortal, handle, pin, ACCOUNT.password),
    depsOf: (holder, timing = {}) => ({
      db,
      log,
      holder,
      vaultKeys: keyRing([parsePrivateKey(vault.privatePem)]),
      relayKey: parsePublicKey(relay.publicPem),
      policyFor: (allowedCidrs): EgressPolicy => ({
        allowedCidrs,
        demoEndpoints: demoEndpoints(),
        ownAddresses: [],
        allowedPorts: [443],
      }),
      probe: probeCertificate,
      timing: { ...QUICK, ...timing },
      now: () => new Date(),
    }),
    startWatches(holder = 'worker-1', { timing, leaseS } = {}) {
      const watches = new PoolWatches({
        ...bench.depsOf(holder, timing),
        ...(leaseS === undefined ? {} : { leaseS }),
      });
      watching.push(watches);
      return watches;
    },
    async signInAt(pool) {
      const [coordinator] = pool.hosts;
      if (coordinator === undefined) throw new Error('the stand-in pool has no host');
      const { address, port, fingerprint256, certPem } = coordinator;
      const client = new XenApiClient({
        policy: bench.depsOf('administrator').policyFor([]),
        target: { host: address, port, pin: { fingerprint256, pem: certPem } },
        userAgent: 'administrator',
      });
      clients.push(client);
      return XenSession.login(client, { ...ACCOUNT, originator: 'administrator' });
    },
    async poolRow({ tenantId, poolId }) {
      const [row] = await asWorker(tenantId, 'SELECT * FROM pool WHERE id = $1', [poolId]);
      return row ?? {};
    },
    async vms({ tenantId, poolId }) {
      const rows = await asWorker(tenantId, 'SELECT * FROM vm WHERE pool_id = $1', [poolId]);
      return new Map(rows.map((row) => [String(row.name), row]));
    },
    async events(tenantId) {
      const rows = await asPortal(tenantId, 'SELECT payload FROM audit_event ORDER BY seq');
      return rows.map((row) => JSON.parse(String(row.payload)));
    },
    async sessions({ tenantId, poolId }) {
      const rows = await db.withTenant(tenantId, (tx) =>
        tx.hostSession.findMany({
          where: { tenantId, host: { poolId } },
          include: { host: { select: { uuid: true } } },
        }),
      );
      return new Map(
        rows.map(({ host, generation, ...sealed }) => [
          host.uuid,
          { ...openSession(relayKeys, sealed, { tenantId, hostId: sealed.hostId }), generation },
        ]),
      );
    },
    async close() {
      for (const client of clients) client.close();
      await Promise.all(watching.map((watches) => watches.close()));
      await Promise.all(pools.map((pool) => pool.stop()));
      await Promise.all([db.close(), portal.end()]);
      await database.drop();
    },
  };
  return bench;
}

/** As the portal does: with the vault's public key, bound to the confirmed pin. */
export async function writeCredential(
  asPortal: WorkerBench['asPortal'],
  { tenantId, poolId }: PoolHandle,
  pin: string,
  password: string,
  username: string = ACCOUNT.username,
): Promise<void> {
  const sealed = sealForWorker({
    publicKey: parsePublicKey(vault.publicPem),
    tenantId,
    poolId,
    field: 'inventory',
    pin,
    plaintext: new Secret(password),
  });
  const { kid, epk, wrapIv, wrappedDek, wrapTag, iv, ct, tag } = sealed;
  // The portal can read no sealed column, so it cannot update from `excluded`.
  await asPortal(tenantId, 'DELETE FROM pool_credential WHERE pool_id = $1', [poolId]);
  await asPortal(
    tenantId,
    `INSERT INTO pool_credential (tenant_id, pool_id, purpose, username, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
     VALUES ($1, $2, 'inventory', $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [tenantId, poolId, username, kid, epk, wrapIv, wrappedDek, wrapTag, iv, ct, tag],
  );
}
