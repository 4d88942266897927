import { createPgPool } from '@porthole/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/postgres/test-database.ts';
import { OwnConnection } from './own-connection.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('is asked at once while the pool is busy, and is another after the server ended it', async () => {
  const pool = createPgPool({ url: database.url('superuser'), maxConnections: 2 });
  const own = new OwnConnection(pool);
  const pidOf = async () =>
    Reflect.get(Object((await own.query('SELECT pg_backend_pid() AS pid')).rows[0]), 'pid');
  const first = await pidOf();
  const busy = await pool.connect();
  const waiting = pool.query('SELECT 1');
  expect(await pidOf()).toBe(first);
  await busy.query('SELECT pg_terminate_backend($1)', [first]);
  await expect.poll(() => pidOf().catch(() => first)).not.toBe(first);
  busy.release();
  await waiting;
  own.release();
  await pool.end();
});
