import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { hostOf, login, openConsole, result, rpc } from '../raw-client.ts';

let pool: FakePool;
let session: string;
let hooks: string[];
/** Operations that a test looks at while they run take long, and end at once when they are cancelled or overtaken. */
const SLOW_MS = 60_000;
// One identity for all the pools of this file: making keys is what takes time.
const certDir = mkdtempSync(path.join(tmpdir(), 'porthole-power-'));

async function start(operationMs: number): Promise<void> {
  hooks = [];
  const hook = (name: string) => async () => void hooks.push(name);
  pool = await startFakePool({
    name: 'power',
    account: { username: 'root', password: 'secret' },
    operationMs,
    certDir,
    vms: [
      { name: 'one', os: 'Debian 12' },
      { name: 'off', powerState: 'Halted', os: 'Debian 12' },
      { name: 'no-agent' },
      { name: 'guarded', blockedOperations: { hard_shutdown: 'ask Mira first' } },
      { name: 'golden', template: true },
      { name: 'snap', snapshot: true },
      {
        name: 'real',
        power: {
          start: hook('start'),
          shutdown: hook('shutdown'),
          reboot: hook('reboot'),
          pause: hook('pause'),
          unpause: hook('unpause'),
        },
      },
    ],
  });
  session = await login(hostOf(pool));
}

beforeEach(() => start(0));
afterEach(() => pool.stop());
afterAll(() => rmSync(certDir, { recursive: true }));

type Fields = Record<string, unknown>;
const call = (method: string, ...params: unknown[]) => result(hostOf(pool), method, session, ...params);
const errorOf = async (method: string, ...params: unknown[]) => {
  const { error } = await rpc(hostOf(pool), method, session, ...params);
  return error && [error.message, ...error.data];
};
const ref = (name: string) => pool.vm(name).ref;
const record = async (name: string) => (await call('VM.get_record', ref(name))) as Fields;
const finished = async (task: unknown) => {
  for (;;) {
    const fields = (await call('task.get_record', task)) as Fields;
    if (fields.status !== 'pending' && fields.status !== 'cancelling') return fields;
  }
};

describe('each operation', () => {
  it('leads from its states to its state', async () => {
    const steps: [string, unknown[], string][] = [
      ['pause', [], 'Paused'],
      ['unpause', [], 'Running'],
      ['suspend', [], 'Suspended'],
      ['resume', [false, false], 'Running'],
      ['clean_reboot', [], 'Running'],
      ['hard_reboot', [], 'Running'],
      ['clean_shutdown', [], 'Halted'],
      ['start', [true, false], 'Paused'],
      ['hard_shutdown', [], 'Halted'],
      ['start', [false, false], 'Running'],
      ['shutdown', [], 'Halted'],
    ];
    for (const [operation, more, state] of steps) {
      expect(await call(`VM.${operation}`, ref('one'), ...more)).toBe('');
      expect(await record('one')).toMatchObject({ power_state: state, current_operations: {} });
    }
    await call('VM.start_on', ref('one'), hostOf(pool, 1).ref, false, false);
    expect((await record('one')).resident_on).toBe(hostOf(pool, 1).ref);
  });

  it('names expected and actual state in lower case when it comes from the wrong one', async () => {
    expect(await errorOf('VM.start', ref('one'), false, false)).toEqual([
      'VM_BAD_POWER_STATE',
      ref('one'),
      'halted',
      'running',
    ]);
    expect(await errorOf('VM.hard_shutdown', ref('off'))).toEqual([
      'VM_BAD_POWER_STATE',
      ref('off'),
      'running, paused, suspended',
      'halted',
    ]);
  });

  it('is refused with the words of the administrator, on templates, snapshots and control domains', async () => {
    expect(await errorOf('VM.hard_shutdown', ref('guarded'))).toEqual([
      'OPERATION_BLOCKED',
      ref('guarded'),
      'ask Mira first',
    ]);
    expect(await errorOf('VM.start', ref('golden'), false, false)).toEqual([
      'VM_IS_TEMPLATE',
      ref('golden'),
      'start',
    ]);
    expect(await errorOf('VM.start', ref('snap'), false, false)).toEqual([
      'VM_IS_SNAPSHOT',
      ref('snap'),
      'start',
    ]);
    const refusal = await errorOf('VM.hard_shutdown', pool.controlDomain(0).ref);
    expect(refusal?.[0]).toBe('OPERATION_NOT_ALLOWED');
    expect(pool.controlDomain(0).powerState).toBe('Running');
  });

  it('is announced in allowed_operations; without an agent the clean ones are left out but can be called', async () => {
    expect((await record('one')).allowed_operations).toEqual(
      expect.arrayContaining(['clean_shutdown', 'pause']),
    );
    expect((await record('off')).allowed_operations).toEqual(expect.arrayContaining(['start', 'start_on']));
    expect((await record('no-agent')).allowed_operations).not.toContain('clean_shutdown');
    expect(await call('VM.clean_shutdown', ref('no-agent'))).toBe('');
  });

  it('is passed on to a machine that really exists', async () => {
    for (const operation of ['pause', 'unpause', 'clean_reboot', 'hard_shutdown']) {
      await call(`VM.${operation}`, ref('real'));
    }
    await call('VM.start', ref('real'), false, false);
    expect(hooks).toEqual(['pause', 'unpause', 'reboot', 'shutdown', 'start']);
  });
});

describe('one operation at a time', () => {
  beforeEach(async () => {
    await pool.stop();
    await start(SLOW_MS);
  });

  it('shows in current_operations and refuses the next one with the running one and its task', async () => {
    const task = await call('Async.VM.clean_reboot', ref('one'));
    expect((await record('one')).current_operations).toEqual({ [String(task)]: 'clean_reboot' });
    expect(await errorOf('VM.pause', ref('one'))).toEqual([
      'OTHER_OPERATION_IN_PROGRESS',
      'VM',
      ref('one'),
      'clean_reboot',
      task,
    ]);
  });

  it('fails when the VM goes another way meanwhile', async () => {
    const reboot = await call('Async.VM.clean_reboot', ref('one'));
    pool.vm('one').setPowerState('Halted');
    expect(await finished(reboot)).toMatchObject({
      status: 'failure',
      error_info: ['VM_BAD_POWER_STATE', ref('one'), 'running', 'halted'],
    });
    expect(await record('one')).toMatchObject({ current_operations: {} });
  });

  it('lets hard_shutdown overtake a clean one, which then has what it wanted', async () => {
    const off = await call('Async.VM.clean_shutdown', ref('no-agent'));
    expect(await call('VM.hard_shutdown', ref('no-agent'))).toBe('');
    expect(await finished(off)).toMatchObject({ status: 'success' });
  });

  it('can be cancelled before it is done, and then changes nothing', async () => {
    const task = await call('Async.VM.hard_shutdown', ref('one'));
    expect(await call('task.get_status', task)).toBe('pending');
    await call('task.cancel', task);
    expect(await finished(task)).toMatchObject({ status: 'cancelled', error_info: ['TASK_CANCELLED', task] });
    expect(pool.vm('one').powerState).toBe('Running');
    expect((await errorOf('task.cancel', task))?.[0]).toBe('OPERATION_NOT_ALLOWED');
  });
});

describe('Async', () => {
  it('gives a task at once, which ends with an empty result', async () => {
    const task = await call('Async.VM.start', ref('off'), false, false);
    expect(await finished(task)).toMatchObject({
      status: 'success',
      progress: 1,
      result: '',
      name_label: 'Async.VM.start',
    });
    expect(pool.vm('off').powerState).toBe('Running');
    await call('task.destroy', task);
    expect(await errorOf('task.get_status', task)).toEqual(['HANDLE_INVALID', 'task', task]);
  });

  it('puts errors of state into the task, but not those of session and parameters', async () => {
    const task = await call('Async.VM.start', ref('one'), false, false);
    expect(await finished(task)).toMatchObject({
      status: 'failure',
      error_info: ['VM_BAD_POWER_STATE', ref('one'), 'halted', 'running'],
    });
    expect(await errorOf('Async.VM.start', 'OpaqueRef:x', false, false)).toEqual([
      'HANDLE_INVALID',
      'VM',
      'OpaqueRef:x',
    ]);
  });
});

describe('consoles and tunnels', () => {
  const opened = async (name: string) => {
    const client = await openConsole(hostOf(pool), `uuid=${pool.vm(name).uuid}`, session);
    await client.untilText('RFB 003.003');
    return client;
  };

  it('end at shutdown, and are new ones after a boot', async () => {
    const before = pool.vm('one').consoles;
    const client = await opened('one');
    await call('VM.hard_shutdown', ref('one'));
    await client.untilEnd();
    expect(pool.vm('one').consoles).toEqual([]);
    expect(pool.openTunnels()).toBe(0);
    await call('VM.start', ref('one'), false, false);
    const known = new Set(before.map((entry) => entry.uuid));
    expect(pool.vm('one').consoles).toHaveLength(2);
    expect(pool.vm('one').consoles.some((entry) => known.has(entry.uuid))).toBe(false);
  });

  it('end at reboot, with another domid and Running all the time', async () => {
    const domid = (await record('one')).domid;
    const client = await opened('one');
    pool.reboot('one');
    await client.untilEnd();
    expect(pool.vm('one').powerState).toBe('Running');
    expect((await record('one')).domid).not.toBe(domid);
  });

  it('stay at pause, with a frozen picture', async () => {
    const client = await opened('one');
    await call('VM.pause', ref('one'));
    expect(pool.openTunnels()).toBe(1);
    expect(client.isEnded).toBe(false);
    client.close();
  });

  it('end on the source at migration, with new references and another residence', async () => {
    const before = pool.vm('one').consoles.map((entry) => entry.ref);
    const client = await opened('one');
    pool.migrate('one', 1);
    await client.untilEnd();
    expect((await record('one')).resident_on).toBe(hostOf(pool, 1).ref);
    expect(pool.vm('one').consoles.some((entry) => before.includes(entry.ref))).toBe(false);
    const moved = await openConsole(hostOf(pool, 1), `uuid=${pool.vm('one').uuid}`, session);
    await moved.untilText('RFB 003.003');
    moved.close();
  });
});
