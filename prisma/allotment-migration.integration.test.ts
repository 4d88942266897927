import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareDatabase, withClient } from '../tools/postgres/prepare-database.ts';
import { createTestDatabase, type TestDatabase } from '../tools/postgres/test-database.ts';

const folder = path.join(import.meta.dirname, 'migrations');
const THE_ONE = '0017_allotment';

let database: TestDatabase;
let old: string;
const at = (role: 'owner' | 'superuser') => {
  const url = new URL(database.url(role));
  url.pathname = `/${old}`;
  return url.href;
};

beforeAll(async () => {
  database = await createTestDatabase();
  old = `${database.name}_old`;
  await prepareDatabase(database.url('superuser'), old);
});
afterAll(async () => {
  await withClient(database.url('superuser'), (client) => client.query(`DROP DATABASE ${old} WITH (FORCE)`));
  await database.drop();
});

it('an update moves nothing: what rules of first sight would move from now on is there by hand, and rules keep their meaning', async () => {
  const migrations = readdirSync(folder).filter((name) => /^\d{4}_/.test(name));
  await withClient(at('owner'), async (client) => {
    for (const name of migrations.sort().filter((one) => one < THE_ONE)) await migrate(client, name);
  });
  const [owner, acme, globex, pool] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await withClient(at('superuser'), async (client) => {
    for (const id of [owner, acme, globex])
      await client.query(
        "INSERT INTO tenant (id, slug, name) VALUES ($1::uuid, left($1::uuid::text, 8), 'T')",
        [id],
      );
    await client.query(
      "INSERT INTO pool (tenant_id, id, display_name, address, pin) VALUES ($1, $2, 'P', 'a', $3)",
      [owner, pool, Array(32).fill('AA').join(':')],
    );
    for (const [position, tag, holder] of [
      [1, 'acme', acme],
      [2, 'globex', globex],
    ] as const)
      await client.query(
        'INSERT INTO allotment (tenant_id, pool_id, position, tag, holder_tenant_id) VALUES ($1, $2, $3, $4, $5)',
        [owner, pool, position, tag, holder],
      );
    for (const [name, tags, holder, isControlDomain] of [
      ['as its rule says', ['globex', 'acme'], acme, false],
      ['as no rule says', ['other'], owner, false],
      ['tag came later', ['acme'], owner, false],
      ['tag has gone', [], globex, false],
      ['control domain', ['acme'], owner, true],
    ] as const)
      await client.query(
        `INSERT INTO vm (tenant_id, pool_tenant_id, pool_id, uuid, name, tags, power_state, is_control_domain)
         VALUES ($1, $2, $3, gen_random_uuid(), $4, $5, 'Running', $6)`,
        [holder, owner, pool, name, tags, isControlDomain],
      );
  });
  await withClient(at('owner'), (client) => migrate(client, THE_ONE));
  const [machines, rules] = await withClient(at('superuser'), async (client) => [
    (await client.query('SELECT name, tenant_id, by_hand FROM vm ORDER BY name')).rows,
    (await client.query('SELECT kind, pattern, holder_tenant_id FROM allotment ORDER BY position')).rows,
  ]);
  expect(machines).toEqual([
    { name: 'as its rule says', tenant_id: acme, by_hand: false },
    { name: 'as no rule says', tenant_id: owner, by_hand: false },
    { name: 'control domain', tenant_id: owner, by_hand: false },
    { name: 'tag came later', tenant_id: owner, by_hand: true },
    { name: 'tag has gone', tenant_id: globex, by_hand: true },
  ]);
  expect(rules).toEqual([
    { kind: 'tag', pattern: 'acme', holder_tenant_id: acme },
    { kind: 'tag', pattern: 'globex', holder_tenant_id: globex },
  ]);
});

const migrate = (client: pg.Client, name: string) =>
  client.query(readFileSync(path.join(folder, name, 'migration.sql'), 'utf8'));
