import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { createPgPool, type DbOptions, type PgPool } from './pg-pool.ts';
import { translating } from './translate-db-error.ts';

/** How long a transaction may wait for a connection, and how long it may take, in milliseconds. */
const TRANSACTION = { maxWait: 2_000, timeout: 10_000 };

/** A transaction with its context set; the only form in which Prisma is handed out. */
export type Tx = Prisma.TransactionClient;

export interface Db {
  /**
   * Runs `work` in one transaction that sees the rows of one organisation, by row-level security.
   *
   * @throws DbError
   */
  withTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in one transaction without an organisation: identity and platform tables, and the door's functions.
   * Every tenant table is empty to it.
   *
   * @throws DbError
   */
  withoutTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same connections for SQL without Prisma. */
  pool: PgPool;
  /** Resolves if the database answers. @throws DbError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Prisma over pg, for one process and one role of the database. Opens no connection before the first use. */
export function createDb(options: DbOptions): Db {
  const pool = createPgPool(options);
  // Its other formats put the arguments of the call into the message, and the message into the log.
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  return {
    withTenant: (tenantId, work) =>
      translating(() =>
        prisma.$transaction(async (tx) => {
          await tx.$queryRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
          return work(tx);
        }, TRANSACTION),
      ),
    withoutTenant: (work) => translating(() => prisma.$transaction(work, TRANSACTION)),
    pool,
    ping: () => translating(async () => void (await pool.query('SELECT 1'))),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
