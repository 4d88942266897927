import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type Xapi } from 'xen-api';
import { type FakePool, startFakePool } from './fake-pool.ts';
import type { FakePoolOptions } from './pool-options.ts';

// The client of Xen Orchestra is not ours and was written against real hosts: what it cannot read, no host would say.

const account = { username: 'root', password: 'secret' };
const vms: FakePoolOptions['vms'] = [
  { name: 'web "ä" <&> 😀', os: 'Debian 12', addresses: ['10.0.0.7', 'fd00::7'], tags: ['prod'] },
  { name: 'off', powerState: 'Halted' },
  { name: 'golden', template: true },
];

const ways: [string, 'auto' | 'json-rpc' | 'xml-rpc', NonNullable<FakePoolOptions['wire']>][] = [
  ['auto, to a host of today', 'auto', 'json-rpc-2.0'],
  ['auto, to a host of before JSON-RPC', 'auto', 'xml-rpc'],
  ['json-rpc', 'json-rpc', 'json-rpc-2.0'],
  ['xml-rpc', 'xml-rpc', 'json-rpc-2.0'],
  ['xml-rpc, to a host of before JSON-RPC', 'xml-rpc', 'xml-rpc'],
];

describe.each(ways)('xen-api over %s', (_way, transport, wire) => {
  let pool: FakePool;
  let xapi: Xapi;

  beforeAll(async () => {
    pool = await startFakePool({ name: 'orchestra', account, hosts: 2, operationMs: 20, wire, vms });
    xapi = createClient({
      url: `https://127.0.0.1:${pool.hosts[0]?.port}`,
      auth: { user: account.username, password: account.password },
      allowUnauthorized: true,
      transport,
      debounce: 0,
    });
    await xapi.connect();
    await xapi.objectsFetched;
  });
  afterAll(async () => {
    await xapi.disconnect();
    // Its sign-out ends the poll that is under way; without it the poll would be told by a broken line.
    while (pool.openSessions() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await pool.stop();
  });

  const objectOf = (ref: string) => Object.values(xapi.objects.all).find((one) => one.$ref === ref) ?? {};

  /** The object as soon as events have told of it. */
  async function seen(ref: string, holds: (object: Record<string, unknown>) => boolean): Promise<void> {
    while (!holds(objectOf(ref))) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('signs in and loads every object of every class', async () => {
    expect(xapi.pool).toMatchObject({ uuid: pool.uuid, name_label: 'orchestra' });
    const types = new Set(Object.values(xapi.objects.all).map((one) => one.$type));
    for (const type of [
      'pool',
      'host',
      'VM',
      'VM_metrics',
      'console',
      'SR',
      'VDI',
      'VBD',
      'VIF',
      'PIF',
      'network',
    ])
      expect(types).toContain(type);
    const methods = await xapi.call('system.listMethods').catch(() => []);
    expect(Array.isArray(methods)).toBe(true);
  });

  it('reads the values of a record as what they are', () => {
    const web = objectOf(pool.vm('web "ä" <&> 😀').ref);
    expect(web).toMatchObject({
      name_label: 'web "ä" <&> 😀',
      power_state: 'Running',
      is_a_template: false,
      tags: ['prod'],
    });
    expect(Number(web.memory_static_max)).toBe(1024 ** 3);
  });

  it('watches what changes', async () => {
    const { ref } = pool.vm('web "ä" <&> 😀');
    pool.vm('web "ä" <&> 😀').setPowerState('Paused');
    await seen(ref, (vm) => vm.power_state === 'Paused');
    pool.vm('web "ä" <&> 😀').setPowerState('Running');
    await seen(ref, (vm) => vm.power_state === 'Running');
  });

  it('watches a task to its end, and reads its result', async () => {
    await expect(xapi.callAsync('VM.start', pool.vm('off').ref, false, false)).resolves.toBe('');
    expect(pool.vm('off').powerState).toBe('Running');
    const snapshot = await xapi.callAsync('VM.snapshot', pool.vm('off').ref, 'before');
    expect(snapshot).toMatch(/^OpaqueRef:/);
    await seen(String(snapshot), (vm) => vm.is_a_snapshot === true);
    await expect(xapi.callAsync('VM.resume', pool.vm('off').ref, false, false)).rejects.toMatchObject({
      code: 'VM_BAD_POWER_STATE',
    });
  });

  it('is told the code and the parameters of a refusal', async () => {
    await expect(xapi.call('VM.get_record', 'OpaqueRef:gone')).rejects.toMatchObject({
      code: 'HANDLE_INVALID',
      params: ['VM', 'OpaqueRef:gone'],
    });
  });

  it('keeps a barrier: what was changed before it is known behind it', async () => {
    pool.vm('off').setPowerState('Paused');
    const { ref } = pool.vm('off');
    await expect(xapi.barrier(ref)).resolves.toMatchObject({ name_label: 'off', power_state: 'Paused' });
  });
});
