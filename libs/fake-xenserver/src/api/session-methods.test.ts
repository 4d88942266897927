import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { MAX_SESSIONS_PER_ORIGINATOR, MAX_SESSIONS_WITHOUT_ORIGINATOR, Sessions } from '../model/sessions.ts';
import { hostOf, login, result, rpc } from '../raw-client.ts';

let pool: FakePool;

beforeAll(async () => {
  pool = await startFakePool({
    name: 'sessions',
    account: { username: 'root', password: 'secret' },
    otherAccounts: [{ username: 'reader', password: 'reader', role: 'read-only' }],
    vms: [{ name: 'one' }],
  });
});
afterAll(() => pool.stop());

const errorOf = async (method: string, ...params: unknown[]) => {
  const { error } = await rpc(hostOf(pool), method, ...params);
  return error && [error.message, ...error.data];
};

describe('session.login_with_password', () => {
  it('gives a session with two, three or four parameters', async () => {
    for (const more of [[], ['1.1'], ['1.1', 'product']]) {
      const ref = await result(hostOf(pool), 'session.login_with_password', 'root', 'secret', ...more);
      expect(ref).toMatch(/^OpaqueRef:[0-9a-f-]{36}$/);
      expect(await result(hostOf(pool), 'session.get_originator', ref, ref)).toBe(more[1] ?? '');
    }
  });

  it('refuses a wrong password with user name and text, and counts it', async () => {
    const before = pool.stats().failedLogins;
    expect(await errorOf('session.login_with_password', 'root', 'wrong')).toEqual([
      'SESSION_AUTHENTICATION_FAILED',
      'root',
      'Authentication failure',
    ]);
    expect(pool.stats().failedLogins).toBe(before + 1);
  });

  it('is HOST_IS_SLAVE with the bare address of the master on a member', async () => {
    const { error } = await rpc(hostOf(pool, 1), 'session.login_with_password', 'root', 'secret');
    expect(error).toMatchObject({ message: 'HOST_IS_SLAVE', data: ['127.0.0.1'] });
  });
});

describe('calls with a session', () => {
  it('are HOST_IS_SLAVE on a member', async () => {
    const session = await login(hostOf(pool));
    expect((await rpc(hostOf(pool, 1), 'VM.get_all', session)).error?.message).toBe('HOST_IS_SLAVE');
  });

  it('are SESSION_INVALID after logout and after an eviction', async () => {
    const session = await login(hostOf(pool));
    expect(await result(hostOf(pool), 'session.logout', session)).toBe('');
    expect(await errorOf('VM.get_all', session)).toEqual(['SESSION_INVALID', session]);
    const other = await login(hostOf(pool));
    pool.evictSessions();
    expect(pool.openSessions()).toBe(0);
    expect(await errorOf('VM.get_all', other)).toEqual(['SESSION_INVALID', other]);
  });

  it('name the expected number of parameters when it is wrong', async () => {
    const session = await login(hostOf(pool));
    expect(await errorOf('VM.get_record', session)).toEqual([
      'MESSAGE_PARAMETER_COUNT_MISMATCH',
      'VM.get_record',
      '2',
      '1',
    ]);
  });

  it('take an unknown name with a text first for an extension call of a session', async () => {
    expect(await errorOf('Session.login_with_password', 'root', 'secret')).toEqual([
      'SESSION_INVALID',
      'root',
    ]);
    const session = await login(hostOf(pool));
    expect(await errorOf('VM.fly', session)).toEqual(['MESSAGE_METHOD_UNKNOWN', 'VM.fly']);
  });

  it('are known under their underscore names too', async () => {
    const session = await login(hostOf(pool));
    expect(await result(hostOf(pool), 'VM_get_all', session)).toHaveLength(3);
  });

  it('are refused by role with the permission and the roles that have it', async () => {
    const session = await login(hostOf(pool), 'reader', 'reader');
    const refusal = await errorOf('VM.hard_shutdown', session, pool.vm('one').ref);
    expect(refusal?.slice(0, 2)).toEqual(['RBAC_PERMISSION_DENIED', 'vm.hard_shutdown']);
    expect(refusal?.[2]).toContain('vm-operator');
    expect(await result(hostOf(pool), 'VM.get_all', session)).toHaveLength(3);
  });

  it('tell what an account may: all for root, permissions by name for others', async () => {
    const root = await login(hostOf(pool));
    expect(await result(hostOf(pool), 'session.get_is_local_superuser', root, root)).toBe(true);
    const reader = await login(hostOf(pool), 'reader', 'reader');
    const record = await result(hostOf(pool), 'session.get_record', reader, reader);
    expect(record).toMatchObject({ auth_user_name: 'reader', is_local_superuser: false });
    const may = await result(hostOf(pool), 'session.get_rbac_permissions', reader, reader);
    expect(may).toContain('vm.get_record');
    expect(may).not.toContain('vm.start');
    expect(may).not.toContain('http/connect_console');
  });

  it('follow the coordinator when another host is promoted', async () => {
    const session = await login(hostOf(pool));
    pool.promote(1);
    expect(await result(hostOf(pool, 1), 'VM.get_all', session)).toHaveLength(3);
    expect((await rpc(hostOf(pool), 'VM.get_all', session)).error?.message).toBe('HOST_IS_SLAVE');
    pool.promote(0);
  });
});

describe('Sessions', () => {
  it('keeps 500 of an originator and 400 without one; the oldest go first', () => {
    const sessions = new Sessions(() => 0);
    const own = Array.from({ length: MAX_SESSIONS_PER_ORIGINATOR + 1 }, () =>
      sessions.login('root', 'pool-admin', 'us'),
    );
    const bare = Array.from({ length: MAX_SESSIONS_WITHOUT_ORIGINATOR + 2 }, () =>
      sessions.login('root', 'pool-admin', ''),
    );
    expect(own.map((s) => sessions.find(s.ref) !== null).indexOf(true)).toBe(1);
    expect(bare.map((s) => sessions.find(s.ref) !== null).indexOf(true)).toBe(2);
    expect(sessions.count).toBe(MAX_SESSIONS_PER_ORIGINATOR + MAX_SESSIONS_WITHOUT_ORIGINATOR);
  });

  it('keeps 500 of every other user, whatever originator they name, and spares who has a task', () => {
    const sessions = new Sessions(() => 0);
    const first = sessions.login('mira', 'vm-operator', 'a', false);
    const end = sessions.beginTask(first.ref);
    const second = sessions.login('mira', 'vm-operator', 'b', false);
    for (let at = 0; at < MAX_SESSIONS_PER_ORIGINATOR; at++)
      sessions.login('mira', 'vm-operator', `c${at}`, false);
    expect(sessions.find(first.ref)).not.toBeNull();
    expect(sessions.find(second.ref)).toBeNull();
    end();
    for (let at = 0; at < 2; at++) sessions.login('mira', 'vm-operator', '', false);
    expect(sessions.find(first.ref)).toBeNull();
    expect(sessions.count).toBe(MAX_SESSIONS_PER_ORIGINATOR);
  });

  it('ends a session that was not used for 24 hours, and tells who waits', () => {
    let now = 0;
    const sessions = new Sessions(() => now);
    const { ref } = sessions.login('root', 'pool-admin', 'us');
    let told = 0;
    sessions.onEnd(() => told++);
    now = 20 * 3600 * 1000;
    expect(sessions.find(ref)).not.toBeNull();
    now += 23 * 3600 * 1000;
    expect(sessions.find(ref)).not.toBeNull();
    now += 25 * 3600 * 1000;
    expect(sessions.find(ref)).toBeNull();
    expect(told).toBe(1);
  });
});
