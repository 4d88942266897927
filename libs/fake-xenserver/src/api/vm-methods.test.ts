import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { hostOf, login, result, rpc } from '../raw-client.ts';

let pool: FakePool;
const sessions: Record<string, string> = {};

beforeAll(async () => {
  pool = await startFakePool({
    name: 'operations',
    account: { username: 'root', password: 'secret' },
    otherAccounts: [
      { username: 'power', password: 'power', role: 'vm-power-admin' },
      { username: 'admin', password: 'admin', role: 'vm-admin' },
      { username: 'operator', password: 'operator', role: 'vm-operator' },
    ],
    operationMs: 0,
    vms: [
      { name: 'web', haRestartPriority: 'restart' },
      { name: 'off', powerState: 'Halted' },
      { name: 'guarded', blockedOperations: { snapshot: 'ask Mira first' } },
    ],
  });
  for (const user of ['power', 'admin', 'operator']) sessions[user] = await login(hostOf(pool), user, user);
  sessions.root = await login(hostOf(pool));
});
afterAll(() => pool.stop());

const call = (method: string, ...params: unknown[]) => result(hostOf(pool), method, sessions.root, ...params);
const errorOf = async (user: string, method: string, ...params: unknown[]) => {
  const { error } = await rpc(hostOf(pool), method, sessions[user], ...params);
  return error && [error.message, ...error.data];
};
async function finished(task: unknown): Promise<Record<string, unknown>> {
  for (;;) {
    const record = (await call('task.get_record', task)) as Record<string, unknown>;
    if (record.status !== 'pending') return record;
  }
}

describe('VM.snapshot', () => {
  it('makes a VM that never runs, and its task gives the reference as XML', async () => {
    const task = await finished(await call('Async.VM.snapshot', pool.vm('web').ref, 'before'));
    const [, ref = ''] = /^<value>(OpaqueRef:[0-9a-f-]{36})<\/value>$/.exec(String(task.result)) ?? [];
    expect(await call('VM.get_record', ref)).toMatchObject({
      name_label: 'before',
      is_a_snapshot: true,
      snapshot_of: pool.vm('web').ref,
      power_state: 'Halted',
    });
    expect(await call('VM.get_snapshots', pool.vm('web').ref)).toContain(ref);
    expect(await errorOf('root', 'VM.start', ref, false, false)).toEqual(['VM_IS_SNAPSHOT', ref, 'start']);
    expect(await call('VM.revert', ref)).toBe('');
  });

  it('is for vm-power-admin, and not where an administrator blocked it', async () => {
    expect((await errorOf('admin', 'VM.snapshot', pool.vm('web').ref, 'x'))?.slice(0, 2)).toEqual([
      'RBAC_PERMISSION_DENIED',
      'vm.snapshot',
    ]);
    expect(await errorOf('power', 'VM.snapshot', pool.vm('guarded').ref, 'x')).toEqual([
      'OPERATION_BLOCKED',
      pool.vm('guarded').ref,
      'ask Mira first',
    ]);
    expect(await errorOf('power', 'VM.revert', pool.vm('web').ref)).toEqual([
      'REVERT_ONLY_ALLOWED_ON_SNAPSHOT',
    ]);
  });
});

describe('VM.pool_migrate', () => {
  it('moves a running machine, with new consoles, and no other', async () => {
    const before = pool.vm('web').consoles;
    await call('VM.pool_migrate', pool.vm('web').ref, hostOf(pool, 1).ref, {});
    expect(await call('VM.get_resident_on', pool.vm('web').ref)).toBe(hostOf(pool, 1).ref);
    expect(pool.vm('web').consoles.map(({ ref }) => ref)).not.toEqual(before.map(({ ref }) => ref));
    expect(await errorOf('root', 'VM.pool_migrate', pool.vm('off').ref, hostOf(pool, 1).ref, {})).toEqual([
      'VM_BAD_POWER_STATE',
      pool.vm('off').ref,
      'running',
      'halted',
    ]);
  });
});

describe('high availability', () => {
  it('is switched off for a machine that is shut down', async () => {
    expect(await call('VM.get_ha_restart_priority', pool.vm('web').ref)).toBe('restart');
    await call('VM.hard_shutdown', pool.vm('web').ref);
    expect(await call('VM.get_ha_restart_priority', pool.vm('web').ref)).toBe('');
  });
});

describe('other_config', () => {
  it('asks for a role by its key (xenapi.md §2.5)', async () => {
    const { ref } = pool.vm('off');
    const denied = (user: string, key: string) =>
      errorOf(user, 'VM.add_to_other_config', ref, key, 'x').then((error) => error?.[0] ?? null);
    expect(await denied('operator', 'folder')).toBeNull();
    expect(await denied('operator', 'XenCenter.CustomFields.owner')).toBeNull();
    expect(await denied('operator', 'anything')).toBe('RBAC_PERMISSION_DENIED');
    expect(await denied('admin', 'anything')).toBeNull();
    expect(await denied('admin', 'pci')).toBe('RBAC_PERMISSION_DENIED');
    expect(await denied('root', 'pci')).toBeNull();
  });
});
