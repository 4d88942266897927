import { randomUUID } from 'node:crypto';
import { CHECK_LIMITS, readSteps } from '@porthole/check-contract';
import { createPgPool, type PgPool } from '@porthole/db';
import type { FakePool } from '@porthole/fake-xenserver';
import { createLogger } from '@porthole/logger';
import { beatRelay, takeCheck } from '@porthole/tickets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextDue } from '../../apps/pool-worker/src/checks/check-rows.ts';
import type { PoolWatches } from '../../apps/pool-worker/src/watch-all.ts';
import { CheckDesk } from '../../apps/ws-relay/src/checks/check-desk.ts';
import { systemClock } from '../../apps/ws-relay/src/clock.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { ACCOUNT, createWorkerBench, type PoolHandle, relayKeys, type WorkerBench } from './worker-bench.ts';

const soon = { timeout: 20_000, interval: 25 };

let bench: WorkerBench;
let pool: FakePool;
let handle: PoolHandle;
let watches: PoolWatches;
let relayPool: PgPool;
let desk: CheckDesk;
let log: string[];

beforeEach(async () => {
  bench = await createWorkerBench();
  pool = await bench.startPool({ vms: [{ name: 'web' }, { name: 'off', powerState: 'Halted' }] });
  handle = await bench.addPool(pool);
  watches = bench.startWatches();
  await watches.tick();
  await expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state: 'connected' });
  relayPool = createPgPool({ url: bench.database.url('relay') });
  await beatRelay(relayPool, { relayId: 'relay-1', draining: false, seats: 0 });
  log = [];
  desk = new CheckDesk({
    client: relayPool,
    relayId: 'relay-1',
    egress: bench.depsOf('relay').policyFor([]),
    keys: relayKeys,
    clock: systemClock,
    log: createLogger({ app: 'relay', destination: { write: (line) => void log.push(line) } }),
    isDraining: () => false,
  });
});
afterEach(async () => {
  await desk.stop();
  await relayPool.end();
  await bench.close();
});

function asSuperuser(sql: string, values: readonly unknown[] = []) {
  return withClient(bench.database.url('superuser'), async (client) => {
    const { rows } = await client.query(sql, [...values]);
    return rows.map((row): Record<string, unknown> => ({ ...Object(row) }));
  });
}

/** As the portal writes it. */
async function ask(vmName: string | null = 'web'): Promise<string> {
  const vm = vmName === null ? null : ((await bench.vms(handle)).get(vmName)?.id ?? null);
  const id = randomUUID();
  await bench.asPortal(
    handle.tenantId,
    `INSERT INTO check_run (tenant_id, id, pool_id, vm_id, target_name, person_id, person_name)
     VALUES ($1, $2, $3, $4, $5, $6, 'Olga')`,
    [handle.tenantId, id, handle.poolId, vm, vmName ?? 'Frankfurt', randomUUID()],
  );
  watches.wakeChecks(handle.poolId);
  return id;
}

async function row(id: string): Promise<Record<string, unknown>> {
  const [found] = await bench.asPortal(handle.tenantId, 'SELECT * FROM check_run WHERE id = $1', [id]);
  return found ?? {};
}

async function doneEvents() {
  return (await bench.events(handle.tenantId)).filter(({ action }) => action === 'check.done');
}

describe('a check of a machine', () => {
  it('goes from the worker to a relay, ends once with its event, and tells no secret anywhere', async () => {
    const id = await ask();
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'handed' });
    desk.look();
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'done', result: 'warn', under_way: null });
    const run = await row(id);
    const steps = readSteps(run.steps);
    expect(steps.map(({ place }) => place).indexOf('relay')).toBe(
      steps.filter((s) => s.place === 'worker').length,
    );
    expect(
      steps.filter(({ state }) => state !== 'good' && state !== 'none').map(({ cause }) => cause),
    ).toEqual(['role-root']);
    expect(steps.at(-1)).toMatchObject({ place: 'relay', name: 'banner', state: 'good' });
    expect(await doneEvents()).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ runId: id, origin: 'person', result: 'warn' }),
      }),
    ]);
    const [session] = (await bench.sessions(handle)).values();
    const everything = JSON.stringify([run, await bench.events(handle.tenantId), bench.logLines, log]);
    for (const secret of [ACCOUNT.password, session?.sessionRef.reveal().slice('OpaqueRef:'.length) ?? '?'])
      expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(/OpaqueRef:[0-9a-f]/);
  });

  it('of the whole pool looks at every host, each from both places', async () => {
    const id = await ask(null);
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'handed' });
    desk.look();
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'done' });
    const steps = readSteps((await row(id)).steps);
    const subjects = (place: string, name: string) =>
      steps.filter((step) => step.place === place && step.name === name).map(({ subject }) => subject);
    const hosts = pool.hosts.map(({ name }) => name).sort();
    expect(subjects('worker', 'residence').sort()).toEqual(hosts);
    expect(subjects('relay', 'tls').sort()).toEqual(hosts);
  });

  it('stops within moments when somebody calls it off', async () => {
    pool.rpcFault({ method: 'session.login_with_password' }, 'never-answer');
    const id = await ask();
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'worker', under_way: 'login' });
    await bench.asPortal(
      handle.tenantId,
      `UPDATE check_run SET cancel_asked_at = now(), cancel_asked_by = 'Olga' WHERE id = $1`,
      [id],
    );
    watches.wakeChecks(handle.poolId);
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'cancelled', result: null });
    expect(await doneEvents()).toHaveLength(1);
  });
});

describe('what nobody carries on', () => {
  it('is ended as broken off by the worker that comes after the one that died', async () => {
    await watches.close();
    const id = await ask();
    await asSuperuser(`UPDATE check_run SET state = 'worker', worker = 'dead' WHERE id = $1`, [id]);
    await bench.startWatches('worker-2').tick();
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'broken', result: null });
  });

  const late = (seconds: number) => `clock_timestamp() - interval '${seconds} seconds'`;
  it.each([
    ['no worker came', CHECK_LIMITS.waitS, "state = 'waiting'", 'created_at', 'broken'],
    ['its worker is silent', CHECK_LIMITS.silentS, "state = 'worker', worker = 'w'", 'beat_at', 'broken'],
    ['its relay is silent', CHECK_LIMITS.silentS, "state = 'relay', relay_id = 'r'", 'beat_at', 'broken'],
    ['no relay came', CHECK_LIMITS.passS, "state = 'handed'", 'handed_at', 'done'],
    [
      'it takes too long',
      CHECK_LIMITS.wholeMs / 1_000,
      "state = 'relay', relay_id = 'r'",
      'created_at',
      'broken',
    ],
  ])('ends by itself: %s', async (_what, seconds, state, column, end) => {
    await watches.close();
    const id = await ask();
    await asSuperuser(`UPDATE check_run SET ${state}, ${column} = ${late(seconds - 5)} WHERE id = $1`, [id]);
    await bench.db.pool.query('SELECT check_expire()');
    expect((await row(id)).finished_at).toBeNull();
    await asSuperuser(`UPDATE check_run SET ${column} = ${late(seconds + 1)} WHERE id = $1`, [id]);
    await bench.db.pool.query('SELECT check_expire()');
    expect(await row(id)).toMatchObject({ state: end, result: end === 'done' ? 'bad' : null });
    if (end === 'done')
      expect(readSteps((await row(id)).steps).at(-1)).toMatchObject({ name: 'relay', cause: 'relay-none' });
  });
});

describe('a relay’s part', () => {
  async function handed(): Promise<string> {
    const id = await ask();
    await expect.poll(() => row(id), soon).toMatchObject({ state: 'handed' });
    return id;
  }

  it('is given once, however many relays ask', async () => {
    const id = await handed();
    await beatRelay(relayPool, { relayId: 'relay-2', draining: false, seats: 0 });
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, n) => takeCheck(relayPool, `relay-${(n % 2) + 1}`)),
    );
    expect(taken.flatMap((part) => part?.runId ?? [])).toEqual([id]);
  });

  it('is given to no stranger, to none that drains, and not after its time', async () => {
    const id = await handed();
    expect(await takeCheck(relayPool, 'relay-9')).toBeNull();
    await beatRelay(relayPool, { relayId: 'relay-1', draining: true, seats: 0 });
    expect(await takeCheck(relayPool, 'relay-1')).toBeNull();
    await beatRelay(relayPool, { relayId: 'relay-1', draining: false, seats: 0 });
    await asSuperuser(
      `UPDATE check_run SET handed_at = handed_at - interval '${CHECK_LIMITS.passS} seconds' WHERE id = $1`,
      [id],
    );
    expect(await takeCheck(relayPool, 'relay-1')).toBeNull();
  });

  it('lets no relay speak for another, nor for the worker', async () => {
    const id = await handed();
    await takeCheck(relayPool, 'relay-1');
    const step = (by: string, place: string) =>
      relayPool.query('SELECT check_step($1, $2, $3, $4::jsonb, NULL) AS done', [
        handle.tenantId,
        id,
        by,
        JSON.stringify({ place }),
      ]);
    expect((await step('relay-2', 'relay')).rows).toEqual([{ done: false }]);
    await expect(step('relay-1', 'worker')).rejects.toThrow('no step of this place');
    expect((await step('relay-1', 'relay')).rows).toEqual([{ done: true }]);
  });
});

describe('the schedule', () => {
  it('begins one run when it is due, by the worker with the lease alone, and none where it is off', async () => {
    await watches.close();
    await asSuperuser(`UPDATE pool SET created_at = created_at - interval '7 hours' WHERE id = $1`, [
      handle.poolId,
    ]);
    const due = await nextDue(bench.db, handle);
    expect(due?.getTime()).toBeLessThan(Date.now());
    const scheduled = () =>
      bench.asPortal(handle.tenantId, `SELECT id FROM check_run WHERE origin = 'schedule'`);
    await bench.db.pool.query('SELECT check_schedule($1, $2, $3)', [
      handle.tenantId,
      handle.poolId,
      'no-lease',
    ]);
    expect(await scheduled()).toEqual([]);
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET check_every_h = NULL WHERE id = $1', [
      handle.poolId,
    ]);
    expect(await nextDue(bench.db, handle)).toBeNull();
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET check_every_h = 6 WHERE id = $1', [handle.poolId]);
    const [one, other] = [bench.startWatches('worker-3'), bench.startWatches('worker-4')];
    await Promise.all([one.tick(), other.tick()]);
    await expect.poll(scheduled, soon).toHaveLength(1);
    expect((await nextDue(bench.db, handle))?.getTime()).toBeGreaterThan(Date.now() + 5 * 3_600_000);
  });
});

describe('what the database holds to', () => {
  it('one run of a pool at a time, and thirty in its history', async () => {
    await watches.close();
    const first = await ask();
    await expect(ask()).rejects.toThrow('db/conflict');
    for (let n = 0; n < CHECK_LIMITS.history + 3; n++) {
      await asSuperuser(
        `UPDATE check_run SET created_at = clock_timestamp() - interval '1 hour' WHERE finished_at IS NULL`,
      );
      await bench.db.pool.query('SELECT check_expire()');
      await ask();
    }
    const rows = await bench.asPortal(
      handle.tenantId,
      'SELECT id FROM check_run WHERE finished_at IS NOT NULL',
    );
    expect([rows.length, rows.some(({ id }) => id === first)]).toEqual([CHECK_LIMITS.history, false]);
  });

  it('lets a portal neither end a run nor write its steps, nor the log of its end', async () => {
    const as = (sql: string) => bench.asPortal(handle.tenantId, sql);
    await expect(as(`UPDATE check_run SET steps = '[]'`)).rejects.toThrow('db/refused');
    await expect(as(`UPDATE check_run SET state = 'done'`)).rejects.toThrow('db/refused');
    await expect(
      as(`SELECT audit_append('${handle.tenantId}', gen_random_uuid(), '{"action":"check.done"}')`),
    ).rejects.toThrow('db/refused');
  });
});
