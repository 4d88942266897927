import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { Secret } from '@porthole/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';
import { createDb, type Db } from './create-db.ts';
import { acquireLease, releaseLease } from './lease.ts';
import { listen } from './listen.ts';
import { inTransaction, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './pg-pool.ts';

let database: TestDatabase;
let worker: Db;
let superuser: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  worker = createDb({ url: database.url('worker') });
  superuser = createDb({ url: database.url('superuser') });
});
afterAll(async () => {
  await Promise.all([worker.close(), superuser.close()]);
  await database.drop();
});

describe('a call that does not fit', () => {
  it('keeps its values out of what is logged', async () => {
    const wrong: unknown = { canary: 'canary-hash' };
    const call = superuser.withoutTenant((tx) =>
      tx.person.create({ data: { email: 'a@b.example', name: 'A', passwordHash: Object(wrong) } }),
    );
    const error: unknown = await call.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'db/invalid' });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });
});

describe('a connection', () => {
  it('has the limits of the paper', async () => {
    const { rows } = await worker.pool.query(
      "SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle",
    );
    expect(rows[0]).toEqual({
      statement: `${STATEMENT_TIMEOUT_MS / 1000}s`,
      lock: `${LOCK_TIMEOUT_MS / 1000}s`,
      idle: '10s',
    });
  });

  it('takes its password from a file, at each connection anew', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'porthole-db-'));
    const passwordFile = path.join(folder, 'password');
    const url = new URL(database.url('worker'));
    const password = decodeURIComponent(url.password);
    url.password = '';
    writeFileSync(passwordFile, 'wrong\n');
    const db = createDb({ url: url.href, passwordFile });
    try {
      await expect(db.ping()).rejects.toMatchObject({ code: 'db/away' });
      writeFileSync(passwordFile, `${password}\n`);
      await db.ping();
    } finally {
      await db.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused with a wrong password: the roles use scram', async () => {
    const db = createDb({ url: database.url('worker'), password: new Secret('guess') });
    await expect(db.ping()).rejects.toMatchObject({ code: 'db/away' });
    await db.close();
  });

  it('that the server ends is an error of the query and never of the process', async () => {
    const seen: string[] = [];
    const db = createDb({
      url: database.url('worker'),
      log: { warn: (_, message) => void seen.push(message) },
    });
    const cut = inTransaction(db.pool, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await superuser.pool.query('SELECT pg_terminate_backend($1)', [Reflect.get(Object(rows[0]), 'pid')]);
      await client.query('SELECT 1');
    });
    await expect(cut).rejects.toMatchObject({ code: 'db/away' });
    await db.ping();
    await db.close();
    expect(seen.length).toBeGreaterThan(0);
  });
});

describe('a lease', () => {
  const poolId = crypto.randomUUID();
  const take = (holder: string, seconds = 60) => acquireLease(worker.pool, { poolId, holder, seconds });

  it('is held by one of many who try at once', async () => {
    const holders = ['a', 'b', 'c', 'd', 'e', 'f'];
    const taken = await Promise.all(holders.map((holder) => take(holder)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await superuser.pool.query('DELETE FROM pool_lease');
  });

  it('is renewed by its holder, and taken by others once it ran out or was given back', async () => {
    expect(await take('a')).toBe(true);
    expect(await take('a')).toBe(true);
    expect(await take('b')).toBe(false);
    await superuser.pool.query("UPDATE pool_lease SET until = now() - interval '1 s'");
    expect(await take('b')).toBe(true);
    await releaseLease(worker.pool, { poolId, holder: 'a' });
    expect(await take('a')).toBe(false);
    await releaseLease(worker.pool, { poolId, holder: 'b' });
    expect(await take('a')).toBe(true);
  });
});

describe('listening', () => {
  it('hears hints, and comes back by itself with word of the gap', async () => {
    const heard: string[] = [];
    let gaps = 0;
    const listener = listen({
      url: database.url('worker'),
      applicationName: 'listener-under-test',
      channels: ['pools', 'authority'],
      onNotify: ({ channel, payload }) => void heard.push(`${channel}:${payload}`),
      onGap: () => {
        gaps += 1;
      },
    });
    const notify = (payload: string) => superuser.pool.query("SELECT pg_notify('pools', $1)", [payload]);
    try {
      const hearOne = async () => {
        await notify('one');
        return heard.length;
      };
      await expect.poll(hearOne, { timeout: 5_000 }).toBeGreaterThan(0);
      await superuser.pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listener-under-test'",
      );
      await expect.poll(() => gaps, { timeout: 5_000 }).toBe(1);
      await notify('two');
      await expect.poll(() => heard.at(-1), { timeout: 5_000 }).toBe('pools:two');
    } finally {
      await listener.close();
    }
  });
});
