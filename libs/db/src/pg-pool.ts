import { readFile } from 'node:fs/promises';
import type { Secret } from '@porthole/errors';
import pg from 'pg';
import { translating } from './translate-db-error.ts';

/** Connections of one process (security.md §12). */
export const MAX_CONNECTIONS = 20;
export const STATEMENT_TIMEOUT_MS = 5_000;
export const LOCK_TIMEOUT_MS = 2_000;
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
export const CONNECT_TIMEOUT_MS = 5_000;

/** The little of a logger that a pool needs; pass the app's own. */
export interface DbLog {
  warn(fields: Record<string, unknown>, message: string): void;
}

export interface DbOptions {
  /** `postgresql://role@host:port/database`; a password in it is taken where no other is given. */
  url: string;
  password?: Secret;
  /** File that holds the password and nothing else; read at each new connection, so a changed one is taken up. */
  passwordFile?: string;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  maxConnections?: number;
  log?: DbLog;
}

/** What of pg the thin SQL wrappers of libs/tickets, libs/authority and libs/audit need: a client or a pool. */
export interface PgClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

export type PgPool = pg.Pool;
/** A connection that was taken out of the pool and must be released. */
export type PgConnection = pg.PoolClient;

/**
 * A pool with the limits of security.md §12, for processes that speak SQL without Prisma, and underneath Prisma.
 * Errors of idle connections (a server that restarts says 57P01 to each) go to the log instead of ending the process.
 */
export function createPgPool(options: DbOptions): PgPool {
  const pool = new pg.Pool({
    ...connectionOf(options),
    max: options.maxConnections ?? MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    allowExitOnIdle: false,
  });
  pool.on('error', (err) => options.log?.warn({ err }, 'an idle database connection ended'));
  // A checked-out client that loses its server emits too, besides rejecting the query under way.
  pool.on('connect', (client) =>
    client.on('error', (err) => options.log?.warn({ err }, 'a database connection ended')),
  );
  return pool;
}

/** How to connect as `options` say; also for single clients, such as the listener's. */
export function connectionOf(options: DbOptions): pg.ClientConfig {
  const { url, password, passwordFile, applicationName } = options;
  const parsed = new URL(url);
  const inUrl = decodeURIComponent(parsed.password);
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    password: async () =>
      password?.reveal() ?? (passwordFile === undefined ? inUrl : await readWord(passwordFile)),
    keepAlive: true,
    ...(applicationName === undefined ? {} : { application_name: applicationName }),
    ...(parsed.searchParams.get('sslmode') === 'require' ? { ssl: { rejectUnauthorized: true } } : {}),
  };
}

/**
 * Runs `work` in one transaction on one connection. An error rolls back; a connection that cannot even roll back is
 * thrown away.
 *
 * @throws DbError
 */
export async function inTransaction<T>(pool: PgPool, work: (client: PgClient) => Promise<T>): Promise<T> {
  return translating(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  });
}

/**
 * As {@link inTransaction}, with the organisation in context as its first statement (security.md §6).
 *
 * @throws DbError
 */
export function inTenantTransaction<T>(
  pool: PgPool,
  tenantId: string,
  work: (client: PgClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
    return work(client);
  });
}

async function readWord(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim();
}
