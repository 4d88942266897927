import { type FakePool, type RpcFault, startFakePool } from '@porthole/fake-xenserver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { getAllRecords } from '../get-all-records.ts';
import { vmRecord } from '../records.ts';
import { ACCOUNT, clientOf } from '../testing/test-pool.ts';
import { XenSession } from '../xen-session.ts';

const vms = [{ name: 'web <&> "ä" 😀' }, { name: 'off', powerState: 'Halted' as const }];
const pools: Record<string, FakePool> = {};

beforeAll(async () => {
  for (const wire of ['json-rpc-2.0', 'json-rpc-1.0', 'xml-rpc'] as const)
    pools[wire] = await startFakePool({
      name: 'wires',
      account: ACCOUNT,
      hosts: 1,
      operationMs: 1,
      wire,
      vms,
    });
});
afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.stop()));
});
afterEach(() => {
  for (const pool of Object.values(pools)) pool.rpcFault({}, null);
});

function poolOf(wire: string): FakePool {
  const pool = pools[wire];
  if (pool === undefined) throw new Error('no such wire');
  return pool;
}

describe.each(['json-rpc-2.0', 'json-rpc-1.0', 'xml-rpc'])('a host that speaks %s', (wire) => {
  it('is asked in it from the second call on, and tells the same', async () => {
    const client = clientOf(poolOf(wire));
    expect(client.dialect).toBeNull();
    const session = await XenSession.login(client, ACCOUNT);
    expect(client.dialect).toBe(wire);
    const before = poolOf(wire).stats().rpcCalls;
    const records = await getAllRecords(session, 'VM', vmRecord);
    expect(poolOf(wire).stats().rpcCalls - before).toBe(1);
    const web = [...records.values()].find((vm) => vm.name_label.startsWith('web'));
    expect(web).toMatchObject({
      name_label: 'web <&> "ä" 😀',
      power_state: 'Running',
      is_a_template: false,
      memory_static_max: 1024 ** 3,
      VCPUs_max: 1,
    });
    client.close();
  });

  it('refuses in the same words', async () => {
    const client = clientOf(poolOf(wire));
    const session = await XenSession.login(client, ACCOUNT);
    await expect(
      session.call('VM.start', [poolOf(wire).vm('web <&> "ä" 😀').ref, false, false]),
    ).rejects.toMatchObject({
      xenCode: 'VM_BAD_POWER_STATE',
      params: [expect.stringMatching(/^OpaqueRef:/), 'halted', 'running'],
      publicMessage: 'The machine is running now.',
    });
    await expect(session.call('system.listMethods').catch((error: unknown) => error)).resolves.toMatchObject({
      xenCode: 'MESSAGE_PARAMETER_COUNT_MISMATCH',
    });
    await expect(client.call('system.listMethods', [])).resolves.toContain('VM.start');
    client.close();
  });
});

describe('the choice of a dialect', () => {
  it('goes to 1.0 when the host cannot read 2.0', async () => {
    const pool = poolOf('json-rpc-2.0');
    pool.rpcFault({}, 'refuses-2.0');
    const client = clientOf(pool);
    await XenSession.login(client, ACCOUNT);
    expect(client.dialect).toBe('json-rpc-1.0');
    client.close();
  });

  it('repeats a call that changes something only where the host cannot have done it', async () => {
    const old = poolOf('xml-rpc');
    const { ref } = await XenSession.login(clientOf(old), ACCOUNT);
    const fresh = clientOf(old);
    const off = old.vm('off');
    await XenSession.resume(fresh, ref).call('VM.start', [off.ref, false, false]);
    expect(off.powerState).toBe('Running');
    off.setPowerState('Halted');

    const pool = poolOf('json-rpc-2.0');
    const session = await XenSession.login(clientOf(pool), ACCOUNT);
    pool.rpcFault({ method: 'VM.start' }, 'error-page');
    const before = pool.stats().rpcCalls;
    const unsure = XenSession.resume(clientOf(pool), session.ref);
    await expect(unsure.call('VM.start', [pool.vm('off').ref, false, false])).rejects.toMatchObject({
      code: 'xenapi/error-page',
    });
    expect(pool.stats().rpcCalls).toBe(before);
  });

  it.each([
    ['error-page', 'xenapi/error-page'],
    ['web-server', 'xenapi/not-xenapi'],
    ['not-found', 'xenapi/not-xenapi'],
    ['redirect', 'xenapi/not-xenapi'],
    ['not-http', 'xenapi/not-http'],
    ['reset', 'xenapi/connection-lost'],
    ['reset-mid-answer', 'xenapi/connection-lost'],
    ['never-answer', 'xenapi/timeout'],
    ['bare-error', 'xenapi/host-in-emergency-mode'],
    ['still-booting', 'xenapi/host-still-booting'],
    ['document-type', 'xenapi/bad-xml'],
    ['deep', 'xenapi/bad-json'],
  ] satisfies [RpcFault, string][])('tells what answered with %s', async (fault, code) => {
    const pool = poolOf('json-rpc-2.0');
    pool.rpcFault({}, fault);
    const client = clientOf(pool);
    await expect(XenSession.login(client, ACCOUNT, { timeoutMs: 300 })).rejects.toMatchObject({ code });
    client.close();
  });

  it('tells a fault and too deep an answer on the old wire', async () => {
    const pool = poolOf('xml-rpc');
    const session = await XenSession.login(clientOf(pool), ACCOUNT);
    pool.rpcFault({ times: 1 }, 'fault');
    await expect(session.call('Async.pool.sync_database')).rejects.toMatchObject({
      code: 'xenapi/fault',
      details: { faultString: 'no async mode' },
    });
    pool.rpcFault({ times: 1 }, 'deep');
    await expect(session.call('VM.get_all')).rejects.toMatchObject({ code: 'xenapi/bad-xml' });
  });

  it('sends a reading call again when its connection is reset, and no other', async () => {
    const pool = poolOf('json-rpc-2.0');
    const session = await XenSession.login(clientOf(pool), ACCOUNT);
    pool.rpcFault({ times: 2 }, 'reset-mid-answer');
    await expect(session.call('pool.get_all')).resolves.toHaveLength(1);
    pool.rpcFault({ times: 3 }, 'reset');
    await expect(session.call('pool.get_all')).rejects.toMatchObject({ code: 'xenapi/connection-lost' });
    pool.rpcFault({ times: 1 }, 'reset');
    await expect(session.call('VM.start', [pool.vm('off').ref, false, false])).rejects.toMatchObject({
      code: 'xenapi/connection-lost',
    });
    expect(pool.vm('off').powerState).toBe('Halted');
  });
});
