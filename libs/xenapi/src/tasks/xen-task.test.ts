import { type FakePool, startFakePool } from '@porthole/fake-xenserver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XenPool } from '../pool/xen-pool.ts';
import { taskRecord } from '../records.ts';
import { ACCOUNT, policyFor, targetOf } from '../testing/test-pool.ts';
import { readTaskResult, taskOutcome } from './task-outcome.ts';
import { type TaskProgress, XenTask } from './xen-task.ts';

let pool: FakePool;
let client: XenPool;
const wait = () => Promise.resolve();

beforeAll(async () => {
  const vms = [
    { name: 'web', os: 'Debian 12' },
    { name: 'slow', os: 'Debian 12' },
    { name: 'off', powerState: 'Halted' as const },
  ];
  pool = await startFakePool({ name: 'tasks', account: ACCOUNT, hosts: 1, operationMs: 60, vms });
  client = new XenPool({
    policy: policyFor(pool),
    userAgent: 'porthole-test/1',
    members: () => [targetOf(pool)],
    credentials: () => ACCOUNT,
  });
});
afterAll(async () => {
  client.close();
  await pool.stop();
});

describe('XenTask', () => {
  it('tells how far it is, then that it succeeded, and goes when told to', async () => {
    const task = await XenTask.start(client, 'VM.start', [pool.vm('off').ref, false, false]);
    const seen: TaskProgress[] = [];
    const outcome = await task.outcome({ onProgress: (progress) => seen.push(progress), wait });
    expect(outcome).toEqual({ kind: 'success', result: '' });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ progress }) => progress >= 0 && progress <= 1)).toBe(true);
    expect(pool.vm('off').powerState).toBe('Running');
    await task.destroy();
    await task.destroy();
    expect(await task.look()).toBeNull();
  });

  it('gives a result that is XML even over JSON as what it means', async () => {
    const task = await XenTask.start(client, 'VM.snapshot', [pool.vm('web').ref, 'before the upgrade']);
    const outcome = await task.outcome({ wait });
    expect(outcome).toEqual({ kind: 'success', result: expect.stringMatching(/^OpaqueRef:[0-9a-f-]{36}$/) });
  });

  it('tells why it failed, with the pool’s own code', async () => {
    const task = await XenTask.start(client, 'VM.resume', [pool.vm('web').ref, false, false]);
    expect(await task.outcome({ wait })).toMatchObject({
      kind: 'failure',
      error: { xenCode: 'VM_BAD_POWER_STATE', params: [pool.vm('web').ref, 'suspended', 'running'] },
    });
  });

  it('is cancelled while the pool allows it', async () => {
    const task = await XenTask.start(client, 'VM.clean_shutdown', [pool.vm('slow').ref]);
    await expect(task.cancel()).resolves.toBe('asked');
    expect(await task.outcome({ wait })).toEqual({ kind: 'cancelled' });
    await expect(task.cancel()).resolves.toBe('too-late');
    expect(pool.vm('slow').powerState).toBe('Running');
  });

  it('is unknown, neither done nor failed, once it has vanished', async () => {
    const task = await XenTask.start(client, 'VM.clean_reboot', [pool.vm('slow').ref]);
    pool.forgetTasks();
    expect(await task.outcome({ wait })).toEqual({ kind: 'unknown' });
    await expect(task.cancel()).resolves.toBe('too-late');
  });

  it('is refused at once where session, role or parameters are wrong', async () => {
    await expect(XenTask.start(client, 'VM.start', [])).rejects.toMatchObject({
      code: 'xenapi/message-parameter-count-mismatch',
    });
    expect(() => XenTask.of(client, '')).toThrow(/unexpected-record/);
  });

  it('is given up by the signal, and goes on at the pool', async () => {
    const task = await XenTask.start(client, 'VM.hard_reboot', [pool.vm('web').ref]);
    const stop = new AbortController();
    stop.abort();
    await expect(task.outcome({ signal: stop.signal })).rejects.toMatchObject({ code: 'xenapi/aborted' });
    expect((await task.outcome({ wait })).kind).toBe('success');
  });
});

describe('an odd task', () => {
  const record = (fields: Record<string, unknown>) =>
    taskRecord.parse({ uuid: '3f1b2c4d-1111-2222-3333-444455556666', ...fields });

  it.each([
    ['<value>OpaqueRef:0c2a</value>', 'OpaqueRef:0c2a'],
    ['<value><string>text</string></value>', 'text'],
    ['<value><array><data><value>a</value></data></array></value>', ['a']],
    ['', ''],
    ['not XML at all', 'not XML at all'],
    ['<value>&evil;</value>', '<value>&evil;</value>'],
  ])('has the result %j', (text, result) => {
    expect(readTaskResult(text)).toEqual(result);
  });

  it('is under way in a status that nobody has heard of', () => {
    expect(taskOutcome(record({ status: 'thinking' }))).toBeNull();
    expect(taskOutcome(record({ status: 'cancelling' }))).toBeNull();
  });

  it('has failed without saying why', () => {
    expect(taskOutcome(record({ status: 'failure', error_info: [] }))).toMatchObject({
      error: { xenCode: 'INTERNAL_ERROR' },
    });
    expect(taskOutcome(record({ status: 'failure', error_info: ['TASK_CANCELLED', 'x'] }))).toEqual({
      kind: 'cancelled',
    });
  });
});
