import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from './fake-pool.ts';
import { hostOf, login, RawClient, result, rpc } from './raw-client.ts';

let pool: FakePool;
const vms = [{ name: 'web', residentOn: 1 }];

beforeEach(async () => {
  pool = await startFakePool({
    name: 'three',
    account: { username: 'root', password: 'secret' },
    hosts: 3,
    vms,
  });
});
afterEach(() => pool.stop());

const connects = (host: number) =>
  RawClient.connect(hostOf(pool, host)).then(
    ({ socket }) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

describe('a pool of hosts', () => {
  it('loses its coordinator: sessions and tasks are gone, objects stay, a member leads', async () => {
    const session = await login(hostOf(pool));
    const task = await result(hostOf(pool), 'task.create', session, 'label', '');
    pool.failOver(2);
    expect(await connects(0)).toBe(false);
    const { error } = await rpc(hostOf(pool, 2), 'VM.get_all', session);
    expect(error?.message).toBe('SESSION_INVALID');
    const again = await login(hostOf(pool, 2));
    expect(await result(hostOf(pool, 2), 'VM.get_name_label', again, pool.vm('web').ref)).toBe('web');
    const gone = await rpc(hostOf(pool, 2), 'task.get_record', again, task);
    expect(gone.error?.message).toBe('HANDLE_INVALID');
  });

  it('has hosts that lose their power, and get it back', async () => {
    const open = await RawClient.connect(hostOf(pool, 1));
    pool.setHostDown(1, true);
    await open.untilEnd();
    expect(await connects(1)).toBe(false);
    pool.setHostDown(1, false);
    await expect.poll(() => connects(1)).toBe(true);
  });

  it('names its coordinator, or whom it is told to name', async () => {
    const named = async () =>
      (await rpc(hostOf(pool, 1), 'session.login_with_password', 'root', 'secret')).error?.data;
    expect(await named()).toEqual(['127.0.0.1']);
    pool.nameCoordinator('2001:db8::66');
    expect(await named()).toEqual(['2001:db8::66']);
    pool.nameCoordinator(null);
    expect(await named()).toEqual(['127.0.0.1']);
  });

  it('lets a host go, which then leads a pool of its own with its old certificate', async () => {
    const before = hostOf(pool, 2);
    pool.eject(2);
    const session = await login(before);
    const pools = (await result(before, 'pool.get_all_records', session)) as Record<string, { uuid: string }>;
    expect(Object.values(pools).map(({ uuid }) => uuid)).not.toContain(pool.uuid);
    const coordinator = await login(hostOf(pool));
    expect(await result(hostOf(pool), 'host.get_all', coordinator)).toHaveLength(2);
    const gone = await rpc(hostOf(pool), 'host.get_by_uuid', coordinator, before.uuid);
    expect(gone.error).toMatchObject({ message: 'UUID_INVALID', data: ['host', before.uuid] });
  });

  it('forgets its tasks, as a toolstack that restarts does', async () => {
    const session = await login(hostOf(pool));
    const task = await result(hostOf(pool), 'task.create', session, 'label', '');
    pool.forgetTasks();
    expect((await rpc(hostOf(pool), 'task.get_status', session, task)).error?.message).toBe('HANDLE_INVALID');
  });
});

describe('a fault of a call', () => {
  it('meets the calls that it was placed for, as often as it was, and is taken away', async () => {
    const session = await login(hostOf(pool));
    const all = async () => (await rpc(hostOf(pool), 'VM.get_all', session)).error?.message ?? null;
    pool.rpcFault({ method: 'VM.get_all', times: 1 }, 'too-busy');
    expect([await all(), await all()]).toEqual(['TOO_BUSY', null]);
    pool.rpcFault({ host: 1 }, 'too-busy');
    expect(await all()).toBeNull();
    pool.rpcFault({ method: 'VM.get_all' }, 'too-busy');
    expect([await all(), await all()]).toEqual(['TOO_BUSY', 'TOO_BUSY']);
    pool.rpcFault({}, null);
    expect(await all()).toBeNull();
  });
});
