import { randomUUID } from 'node:crypto';
import type { FakePool, FakeVmSpec } from '@porthole/fake-xenserver';
import { type PowerAct, WAIT_FOR_POOL_MS } from '@porthole/rbac';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withClient } from '../../../../tools/postgres/prepare-database.ts';
import {
  createWorkerBench,
  type PoolHandle,
  type WorkerBench,
} from '../../../../tools/worker/worker-bench.ts';
import type { PoolWatches } from '../watch-all.ts';
import { TRACE_MS } from './do-operation.ts';
import { MAX_FAILURE_TEXT } from './operation-rows.ts';
import { MAX_OPERATIONS_AT_ONCE } from './power-desk.ts';

const VMS = [
  { name: 'web', os: 'Debian 12' },
  { name: 'off', powerState: 'Halted' as const },
  { name: 'asleep', powerState: 'Suspended' as const },
  {
    name: 'kept',
    os: 'Debian 12',
    blockedOperations: { clean_shutdown: 'ask Olga first', suspend: 'x'.repeat(900) },
  },
];
const soon = { timeout: 20_000, interval: 25 };

let bench: WorkerBench;
let pool: FakePool;
let handle: PoolHandle;
let watches: PoolWatches;

beforeEach(async () => {
  bench = await createWorkerBench();
  await connect(200);
});
afterEach(() => bench.close());

async function connect(operationMs: number, vms: FakeVmSpec[] = VMS) {
  pool = await bench.startPool({ vms, operationMs });
  handle = await bench.addPool(pool);
  watches = bench.startWatches();
  await watches.tick();
  await expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state: 'connected' });
}

/** As the portal writes it. */
async function ask(
  vmName: string,
  act: PowerAct,
  token: { id: string; name: string } | null = null,
): Promise<string> {
  const vm = (await bench.vms(handle)).get(vmName);
  const id = randomUUID();
  await bench.asPortal(
    handle.tenantId,
    `INSERT INTO power_operation (tenant_id, id, pool_tenant_id, pool_id, vm_id, vm_uuid, vm_name, act, person_id, person_name,
       token_id, token_name)
     VALUES ($1, $2, $1, $3, $4, $5, $6, $7, $8, 'Mira', $9, $10)`,
    [
      handle.tenantId,
      id,
      handle.poolId,
      vm?.id,
      vm?.uuid,
      vmName,
      act,
      randomUUID(),
      token?.id ?? null,
      token?.name ?? null,
    ],
  );
  watches.wakePower(handle.poolId);
  return id;
}

async function row(id: string): Promise<Record<string, unknown>> {
  const [found] = await bench.asPortal(handle.tenantId, 'SELECT * FROM power_operation WHERE id = $1', [id]);
  return found ?? {};
}

const ended = (id: string, step: string, failure: string | null = null) =>
  expect.poll(() => row(id), soon).toMatchObject({ step, failure });
const told = async (id: string) =>
  (await bench.events(handle.tenantId)).filter(({ data }) => data.operationId === id);
/** What none of the product's roles may. */
const asOwner = (sql: string, values: readonly unknown[]) =>
  withClient(bench.database.url('superuser'), (client) => client.query(sql, [...values]));
/** How often the pool was asked to do it. */
const calls = (act: PowerAct) => pool.stats().callsByMethod[`Async.VM.${act}`] ?? 0;

describe('many operations of one pool', () => {
  it('are under way so many at once, and the rest as soon as there is room', async () => {
    const names = Array.from({ length: MAX_OPERATIONS_AT_ONCE + 4 }, (_, at) => `many-${at}`);
    await watches.close();
    await connect(
      1_000,
      names.map((name) => ({ name, powerState: 'Halted' })),
    );
    await bench.asPortal(
      handle.tenantId,
      `INSERT INTO power_operation (tenant_id, id, pool_tenant_id, pool_id, vm_id, vm_uuid, vm_name, act, person_id, person_name)
       SELECT tenant_id, gen_random_uuid(), pool_tenant_id, pool_id, id, uuid, name, 'start', gen_random_uuid(), 'Mira'
       FROM vm WHERE pool_id = $1 AND name LIKE 'many-%'`,
      [handle.poolId],
    );
    watches.wakePower(handle.poolId);
    let most = 0;
    const left = async () => {
      const rows = await bench.asPortal(
        handle.tenantId,
        'SELECT step FROM power_operation WHERE pool_id = $1',
        [handle.poolId],
      );
      most = Math.max(most, rows.filter(({ step }) => step === 'sending' || step === 'running').length);
      return rows.filter(({ step }) => step !== 'done').length;
    };
    await expect.poll(left, soon).toBe(0);
    expect(most).toBe(MAX_OPERATIONS_AT_ONCE);
    expect(calls('start')).toBe(names.length);
  });
});

describe('a power operation', () => {
  it('is done at the pool, with its progress and its one event', async () => {
    const token = { id: randomUUID(), name: 'Nightly' };
    const id = await ask('off', 'start', token);
    await ended(id, 'done');
    expect(pool.vm('off').powerState).toBe('Running');
    expect(await row(id)).toMatchObject({ progress: 1, task_ref: expect.stringMatching(/^OpaqueRef:/) });
    expect(await told(id)).toMatchObject([
      { action: 'power.done', outcome: 'ok', data: { act: 'start', asker: { name: 'Mira', token } } },
    ]);
    await expect
      .poll(async () => (await bench.vms(handle)).get('off'), soon)
      .toMatchObject({
        power_state: 'Running',
      });
  });

  it.each([
    ['web', 'clean_shutdown', 'Halted'],
    ['web', 'clean_reboot', 'Running'],
    ['web', 'hard_reboot', 'Running'],
    ['web', 'pause', 'Paused'],
    ['web', 'suspend', 'Suspended'],
    ['asleep', 'resume', 'Running'],
    ['asleep', 'hard_shutdown', 'Halted'],
  ] as const)('%s %s leads to %s', async (vm, act, state) => {
    await ended(await ask(vm, act), 'done');
    expect(pool.vm(vm).powerState).toBe(state);
    expect(calls(act)).toBe(1);
  });

  it('that the pool refuses ends with why, in a key that pages know', async () => {
    const id = await ask('kept', 'clean_shutdown');
    await ended(id, 'failed', 'blocked');
    expect(await row(id)).toMatchObject({ failure_text: 'ask Olga first' });
    expect(await told(id)).toMatchObject([
      { action: 'power.failed', outcome: 'failed', data: { why: 'blocked', text: 'ask Olga first' } },
    ]);
    await ended(await ask('off', 'resume'), 'failed', 'state');
    const wordy = await ask('kept', 'suspend');
    await ended(wordy, 'failed', 'blocked');
    expect(await row(wordy)).toMatchObject({ failure_text: 'x'.repeat(MAX_FAILURE_TEXT) });
  });

  it('is called off while it waits, and as far as the pool allows', async () => {
    await bench.close();
    bench = await createWorkerBench();
    await connect(5_000);
    const id = await ask('web', 'clean_shutdown');
    await expect.poll(() => row(id), soon).toMatchObject({ step: 'running' });
    await bench.asPortal(
      handle.tenantId,
      "UPDATE power_operation SET cancel_asked_at = now(), cancel_asked_by = 'Mira' WHERE id = $1",
      [id],
    );
    watches.wakePower(handle.poolId);
    await ended(id, 'cancelled', 'cancelled');
    expect(pool.vm('web').powerState).toBe('Running');
  });
});

describe('a worker that dies', () => {
  /** As the one before left it. */
  const leave = (id: string, assignments: string) =>
    asOwner(`UPDATE power_operation SET ${assignments} WHERE id = $1`, [id]);

  it('after it was taken and before it was sent leaves it to the next one, who sends what leads to a state', async () => {
    await watches.close();
    const start = await ask('off', 'start');
    const reboot = await ask('web', 'clean_reboot');
    for (const id of [start, reboot])
      await leave(id, `step = 'sending', sent_at = now() - interval '${TRACE_MS + 1_000} milliseconds'`);
    watches = bench.startWatches('worker-2');
    await watches.tick();
    await ended(start, 'done');
    await ended(reboot, 'unclear', 'unclear');
    expect([calls('start'), calls('clean_reboot')]).toEqual([1, 0]);
  });

  it('leaves alone what was called off meanwhile, or whose machine has another holder now', async () => {
    await watches.close();
    const off = await ask('off', 'start');
    const asleep = await ask('asleep', 'resume');
    const old = `step = 'sending', sent_at = now() - interval '${TRACE_MS + 1_000} milliseconds'`;
    await leave(off, `${old}, cancel_asked_at = now(), cancel_asked_by = 'Mira'`);
    await leave(asleep, old);
    await asOwner("UPDATE vm SET tenant_id = $1, by_hand = true WHERE name = 'asleep'", [
      await bench.addTenant(),
    ]);
    watches = bench.startWatches('worker-2');
    await watches.tick();
    await ended(off, 'cancelled', 'cancelled');
    await ended(asleep, 'failed', 'gone');
    expect([calls('start'), calls('resume')]).toEqual([0, 0]);
  });

  it('after it was sent leaves a trace at the pool, which the next one follows without sending it again', async () => {
    await bench.close();
    bench = await createWorkerBench();
    await connect(4_000);
    const id = await ask('web', 'clean_reboot');
    await expect.poll(() => row(id), soon).toMatchObject({ step: 'running' });
    await watches.close();
    await leave(
      id,
      `step = 'sending', task_ref = NULL, sent_at = now() - interval '${TRACE_MS + 1_000} milliseconds'`,
    );
    watches = bench.startWatches('worker-2');
    await watches.tick();
    await ended(id, 'done');
    expect(calls('clean_reboot')).toBe(1);
  });

  it('while it follows one leaves it to the next, who tells its end once', async () => {
    await bench.close();
    bench = await createWorkerBench();
    await connect(3_000);
    const id = await ask('off', 'start');
    await expect.poll(() => row(id), soon).toMatchObject({ step: 'running' });
    await watches.close();
    watches = bench.startWatches('worker-2');
    await watches.tick();
    await ended(id, 'done');
    expect(calls('start')).toBe(1);
    expect(await told(id)).toHaveLength(1);
  });

  it('and a pool that forgot its tasks leave what the machine says', async () => {
    await bench.close();
    bench = await createWorkerBench();
    await connect(2_000);
    const id = await ask('off', 'start');
    await expect.poll(() => row(id), soon).toMatchObject({ step: 'running' });
    await watches.close();
    await expect.poll(() => pool.vm('off').powerState, soon).toBe('Running');
    pool.forgetTasks();
    watches = bench.startWatches('worker-2');
    await watches.tick();
    await ended(id, 'done');
  });
});

describe('a request that nobody can do', () => {
  it('ends without effect where the machine is another’s now', async () => {
    await watches.close();
    const other = await bench.addTenant();
    const id = await ask('off', 'start');
    await asOwner("UPDATE vm SET tenant_id = $1, by_hand = true WHERE name = 'off'", [other]);
    watches = bench.startWatches('worker-2');
    await watches.tick();
    await ended(id, 'failed', 'gone');
    expect(calls('start')).toBe(0);
  });

  it('ends after its time where the pool is away, with an event', async () => {
    await watches.close();
    const token = { id: randomUUID(), name: 'Nightly' };
    const id = await ask('off', 'start', token);
    const expire = () => bench.db.pool.query('SELECT power_expire($1)', [WAIT_FOR_POOL_MS / 1_000]);
    await expire();
    expect(await row(id)).toMatchObject({ step: 'waiting' });
    await asOwner("UPDATE power_operation SET created_at = now() - interval '11 minutes' WHERE id = $1", [
      id,
    ]);
    await expire();
    await expire();
    expect(await row(id)).toMatchObject({ step: 'failed', failure: 'later', finished_at: expect.any(Date) });
    expect(await told(id)).toMatchObject([
      { action: 'power.failed', data: { why: 'later', asker: { name: 'Mira', token } } },
    ]);
  });
});
