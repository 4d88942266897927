import { randomUUID } from 'node:crypto';
import { createDb } from '@porthole/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tools/postgres/test-database.ts';
import { migrate } from './migrate.ts';

let test: TestDatabase;
let admin: pg.Client;
const name = `fresh_${randomUUID().replaceAll('-', '')}`;
const urlOf = (role: Parameters<TestDatabase['url']>[0]) => {
  const url = new URL(test.url(role));
  url.pathname = `/${name}`;
  return url.href;
};

beforeAll(async () => {
  test = await createTestDatabase();
  admin = new pg.Client({ connectionString: test.url('superuser') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} OWNER porthole_owner`);
});
afterAll(async () => {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.end();
  await test.drop();
});

describe('migrate', () => {
  it('makes an empty database whole, and changes nothing the second time', async () => {
    await migrate({ ownerUrl: urlOf('owner') });
    await migrate({ ownerUrl: urlOf('owner'), superuserUrl: urlOf('superuser') });
    const portal = createDb({ url: urlOf('portal') });
    try {
      expect(await portal.withoutTenant((tx) => tx.person.count())).toBe(0);
    } finally {
      await portal.close();
    }
  });

  it('lets nobody in but its roles, and none of those make temporary tables', async () => {
    const { rows } = await admin.query<{ role: string; connect: boolean; temp: boolean }>(
      `SELECT r.rolname AS role, has_database_privilege(r.oid, $1, 'connect') AS connect,
         has_database_privilege(r.oid, $1, 'temporary') AS temp
       FROM pg_roles r WHERE r.rolname IN ('porthole_courier', 'porthole_portal', 'porthole_relay', 'porthole_worker', 'pg_monitor')
       ORDER BY r.rolname`,
      [name],
    );
    expect(rows).toEqual([
      { role: 'pg_monitor', connect: false, temp: false },
      { role: 'porthole_courier', connect: true, temp: false },
      { role: 'porthole_portal', connect: true, temp: false },
      { role: 'porthole_relay', connect: true, temp: false },
      { role: 'porthole_worker', connect: true, temp: false },
    ]);
  });

  it('says what Prisma said when it cannot reach the database', async () => {
    const away = urlOf('owner').replace(/:\d+\//, ':1/');
    await expect(migrate({ ownerUrl: away })).rejects.toThrow(/P1001/);
  });
});
