import { afterEach, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from './fake-pool.ts';
import { hostOf, login, result } from './raw-client.ts';
import { manyVms, oddVms } from './seeds.ts';

let pool: FakePool | null = null;
afterEach(() => pool?.stop());

type Fields = Record<string, unknown>;
const account = { username: 'root', password: 'secret' };

async function start(hosts: number, vms: ReturnType<typeof oddVms>) {
  pool = await startFakePool({ name: 'seeds', account, hosts, vms });
  const session = await login(hostOf(pool));
  const call = (method: string, ...params: unknown[]) =>
    result(hostOf(pool as FakePool), method, session, ...params);
  return { pool, call };
}

describe('oddVms', () => {
  it('are of every kind that a client has to live with', async () => {
    const { call } = await start(3, oddVms(3));
    const vms = Object.values((await call('VM.get_all_records')) as Record<string, Fields>);
    const of = (holds: (vm: Fields) => boolean) => vms.filter(holds).length;
    expect(of((vm) => vm.is_control_domain === true)).toBe(3);
    expect(of((vm) => vm.is_a_template === true)).toBe(1);
    expect(of((vm) => vm.is_a_snapshot === true)).toBe(1);
    expect(new Set(vms.map((vm) => vm.power_state))).toEqual(
      new Set(['Running', 'Halted', 'Paused', 'Suspended']),
    );
    expect(of((vm) => vm.domain_type === 'pv' && vm.is_control_domain === false)).toBe(2);
    expect(of((vm) => vm.ha_restart_priority === 'restart')).toBe(1);
    expect(of((vm) => vm.power_state === 'Running' && (vm.consoles as unknown[]).length === 0)).toBe(1);
    expect(of((vm) => [...String(vm.name_label)].length === 200)).toBe(1);
    expect(of((vm) => vm.name_label === 'same name')).toBe(2);
  });
});

describe('manyVms', () => {
  it('are 5,000 on 16 hosts, evenly, and a change among them is one event', async () => {
    const { pool: big, call } = await start(16, manyVms(5_000, 16));
    const vms = Object.values((await call('VM.get_all_records')) as Record<string, Fields>);
    expect(vms).toHaveLength(5_016);
    const hosts = Object.values((await call('host.get_all_records')) as Record<string, Fields>);
    const residents = hosts.map((host) => (host.resident_VMs as unknown[]).length);
    expect(Math.max(...residents) - Math.min(...residents)).toBeLessThan(8);
    const [poolRef] = (await call('pool.get_all')) as string[];
    const token = await call('event.inject', 'pool', poolRef);
    const vm = big.vm('deb-00000');
    vm.setPowerState('Paused');
    const { events } = (await call('event.from', ['VM'], token, 1.1)) as { events: Fields[] };
    expect(events.map((event) => event.ref)).toEqual([vm.ref]);
  }, 60_000);
});
