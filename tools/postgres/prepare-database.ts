import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

export const LOGIN_ROLES = ['owner', 'portal', 'relay', 'worker', 'courier'] as const;
export type LoginRole = (typeof LOGIN_ROLES)[number];
export type RolePasswords = Record<LoginRole, string>;

const rolesFile = path.join(import.meta.dirname, '../../prisma/roles.sql');

/** Runs `work` with one connection and closes it whatever happens. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // A server that goes away speaks through here too; the query under way rejects with it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates the roles of prisma/roles.sql where they are missing and gives the login roles their passwords. */
export async function prepareRoles(superuserUrl: string, passwords: RolePasswords): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(readFileSync(rolesFile, 'utf8'));
    for (const role of LOGIN_ROLES) {
      const password = client.escapeLiteral(passwords[role]);
      await client.query(`ALTER ROLE porthole_${role} PASSWORD ${password}`);
    }
  });
}

/** Creates the database owned by `porthole_owner` unless it is there. */
export async function prepareDatabase(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER porthole_owner`);
  });
}

/** The same server, another role and database. */
export function databaseUrl(superuserUrl: string, database: string, role: string, password: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}
