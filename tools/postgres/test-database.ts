import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '../../prisma/migrate.ts';
import { withFileLock } from '../processes/file-lock.ts';
import {
  databaseUrl,
  type LoginRole,
  prepareDatabase,
  prepareRoles,
  withClient,
} from './prepare-database.ts';
import { ensureTestServer, type TestServer, testServerDir } from './test-server.ts';

const prismaDir = path.join(import.meta.dirname, '../../prisma');
const LOCK_PATIENCE_MS = 120_000;

export interface TestDatabase {
  /** A connection string with password for one of the product's roles, or the superuser. */
  url(role: LoginRole | 'superuser'): string;
  /** Its name on the server. */
  name: string;
  drop(): Promise<void>;
}

/**
 * A fresh, migrated database of its own for one test file: real PostgreSQL with the product's roles, grants and
 * policies. The first call on a machine starts a server and migrates a template; each further one clones it (≈ 0.1 s).
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const lock = path.join(testServerDir, 'lock');
  const { server, template } = await withFileLock(lock, LOCK_PATIENCE_MS, async () => {
    const started = await ensureTestServer();
    return { server: started, template: await ensureTemplate(started) };
  });
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withClient(server.superuserUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name} OWNER porthole_owner TEMPLATE ${template}`);
  });
  return {
    name,
    url: (role) => urlOf(server, name, role),
    drop: () =>
      withClient(server.superuserUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** The template is named after what it was made from: edit a migration and the next test gets a new one. */
async function ensureTemplate(server: TestServer): Promise<string> {
  const name = `template_${migrationsHash()}`;
  const isThere = await withClient(server.superuserUrl, async (client) => {
    return (await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount === 1;
  });
  if (isThere) return name;
  const draft = `draft_${randomUUID().replaceAll('-', '')}`;
  await prepareRoles(server.superuserUrl, server.passwords);
  await prepareDatabase(server.superuserUrl, draft);
  await migrate({ ownerUrl: urlOf(server, draft, 'owner'), superuserUrl: urlOf(server, draft, 'superuser') });
  await withClient(server.superuserUrl, async (client) => {
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    // CREATE DATABASE … TEMPLATE fails while anybody is connected to the template.
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  });
  return name;
}

function urlOf(server: TestServer, database: string, role: LoginRole | 'superuser'): string {
  if (role === 'superuser') {
    const url = new URL(server.superuserUrl);
    url.pathname = `/${database}`;
    return url.href;
  }
  return databaseUrl(server.superuserUrl, database, `porthole_${role}`, server.passwords[role]);
}

/** Over every file that shapes an empty database: roles, migrations, and the code which runs them. */
function migrationsHash(): string {
  const hash = createHash('sha256');
  const entries = readdirSync(prismaDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sql') || name === 'migrate.ts' || name === 'queue.ts')
    .sort();
  for (const entry of entries) hash.update(entry).update(readFileSync(path.join(prismaDir, entry)));
  return hash.digest('hex').slice(0, 16);
}
