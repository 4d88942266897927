import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrateQueue } from './queue.ts';

const root = path.join(import.meta.dirname, '..');
/** Generous: a migration over millions of rows is minutes, a hanging lock is for ever. */
const DEPLOY_TIMEOUT_MS = 10 * 60_000;

export interface MigrateOptions {
  /** `porthole_owner` on the database to migrate, with password. The database exists. */
  ownerUrl: string;
  /**
   * A superuser on the same database. Given, the roles are made or mended first (prisma/roles.sql, without
   * passwords); left out, they must be there.
   */
  superuserUrl?: string;
}

/**
 * Brings a database to where this checkout is: roles, `prisma migrate deploy`, the job queue, and the rights on the
 * database itself. Safe to repeat.
 *
 * @throws Error with Prisma's own words if a migration fails; it is then recorded and blocks the next run, on purpose
 */
export async function migrate({ ownerUrl, superuserUrl }: MigrateOptions): Promise<void> {
  if (superuserUrl !== undefined)
    await runSql(superuserUrl, readFileSync(path.join(root, 'prisma/roles.sql'), 'utf8'));
  await runPrisma(['migrate', 'deploy'], ownerUrl);
  await migrateQueue(ownerUrl);
  await runSql(ownerUrl, DATABASE_RIGHTS);
}

/** Nobody but our roles may connect, and none makes temporary tables: a function's search path ends in pg_temp. */
const DATABASE_RIGHTS = `
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO porthole_portal, porthole_relay, porthole_worker, porthole_courier', current_database());
END
$$;
`;

/**
 * Runs Prisma's command line against one database.
 *
 * @returns what it printed
 * @throws Error with what it printed, if it ended with another code than 0
 */
export async function runPrisma(args: readonly string[], url: string): Promise<string> {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: url, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
      timeout: DEPLOY_TIMEOUT_MS,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error);
    throw new Error(`prisma ${args.join(' ')} failed\n${stderr}${stdout}`, { cause: error });
  }
}

async function runSql(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
