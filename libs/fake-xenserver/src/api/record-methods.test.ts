import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { hostOf, login, result, rpc } from '../raw-client.ts';

let pool: FakePool;
let session: string;

beforeAll(async () => {
  pool = await startFakePool({
    name: 'Frankfurt',
    account: { username: 'root', password: 'secret' },
    operationMs: 0,
    vms: [
      {
        name: 'web',
        description: 'front',
        tags: ['prod'],
        os: 'Debian GNU/Linux 12',
        addresses: ['10.0.0.7', 'fe80::1', '10.0.0.8'],
        memoryMiB: 3000,
        vcpus: 2,
        otherConfig: { folder: '/a' },
      },
      { name: 'off', powerState: 'Halted' },
      { name: 'golden', template: true },
      { name: 'web before', snapshot: true },
    ],
  });
  session = await login(hostOf(pool));
});
afterAll(() => pool.stop());

type Fields = Record<string, unknown>;
const call = (method: string, ...params: unknown[]) => result(hostOf(pool), method, session, ...params);
const records = async (className: string) =>
  Object.entries((await call(`${className}.get_all_records`)) as object);
const vmRecord = async (name: string) => (await call('VM.get_record', pool.vm(name).ref)) as Fields;
const errorOf = async (method: string, ...params: unknown[]) => {
  const { error } = await rpc(hostOf(pool), method, session, ...params);
  return error && [error.message, ...error.data];
};

describe('the objects', () => {
  it('are one pool with its name and master', async () => {
    const found = await records('pool');
    expect(found).toHaveLength(1);
    expect(found[0]?.[1]).toMatchObject({
      uuid: pool.uuid,
      name_label: 'Frankfurt',
      master: hostOf(pool).ref,
    });
  });

  it('are hosts with address, metrics, certificate and control domain', async () => {
    for (const { ref, uuid, fingerprint256 } of pool.hosts) {
      const host = (await call('host.get_record', ref)) as Fields;
      expect(host).toMatchObject({ uuid, address: '127.0.0.1', enabled: true });
      expect(await call('host_metrics.get_live', host.metrics)).toBe(true);
      expect(await call('VM.get_is_control_domain', host.control_domain)).toBe(true);
      const [certificate] = host.certificates as string[];
      expect(await call('Certificate.get_record', certificate)).toMatchObject({
        type: 'host',
        name: '',
        host: ref,
        fingerprint_sha256: fingerprint256,
      });
    }
  });

  it('are a running VM with domain, consoles, metrics and what its agent reports', async () => {
    const vm = await vmRecord('web');
    expect(vm).toMatchObject({
      power_state: 'Running',
      resident_on: hostOf(pool).ref,
      tags: ['prod'],
      memory_static_max: 3000 * 1024 * 1024,
      VCPUs_max: 2,
      other_config: { folder: '/a' },
      is_a_template: false,
    });
    expect(vm.domid).toBeGreaterThan(0);
    expect(await call('VM_guest_metrics.get_networks', vm.guest_metrics)).toEqual({
      '0/ip': '10.0.0.7',
      '0/ipv4/0': '10.0.0.7',
      '0/ipv4/1': '10.0.0.8',
      '0/ipv6/0': 'fe80::1',
    });
    expect(await call('VM_metrics.get_start_time', vm.metrics)).toMatch(/^\d{8}T\d\d:\d\d:\d\dZ$/);
    for (const ref of vm.consoles as string[]) {
      expect(await call('console.get_record', ref)).toMatchObject({ VM: pool.vm('web').ref });
    }
    expect(await call('VIF.get_VM', (vm.VIFs as string[])[0])).toBe(pool.vm('web').ref);
  });

  it('are a halted VM without consoles, residence and guest metrics', async () => {
    expect(await vmRecord('off')).toMatchObject({
      power_state: 'Halted',
      consoles: [],
      resident_on: 'OpaqueRef:NULL',
      guest_metrics: 'OpaqueRef:NULL',
      domid: -1,
    });
  });

  it('are templates and snapshots among the VMs', async () => {
    expect(await vmRecord('golden')).toMatchObject({ is_a_template: true, power_state: 'Halted' });
    expect(await vmRecord('web before')).toMatchObject({ is_a_snapshot: true });
    expect(await records('VM')).toHaveLength(6);
  });

  it('are consoles with a location in either form and without a port field', async () => {
    for (const [ref, fields] of await records('console')) {
      const isDom0 = await call('VM.get_is_control_domain', fields.VM);
      const query = isDom0 ? `ref=${ref}` : `uuid=${fields.uuid}`;
      expect(fields.location).toBe(`https://127.0.0.1/console?${query}`);
      expect(fields).not.toHaveProperty('port');
    }
    pool.rewriteLocations();
    for (const [ref, fields] of await records('console')) {
      expect(fields.location).toBe(`https://127.0.0.1/console?ref=${ref}`);
    }
  });

  it('do not include classes of which the pool has nothing, but know them', async () => {
    expect(await call('VGPU.get_all_records')).toEqual({});
    expect(await call('blob.get_all')).toEqual([]);
  });

  it('hang together: each reference to an object of a class finds one', async () => {
    for (const [vbd, { VDI }] of await records('VBD')) expect(await call('VDI.get_VBDs', VDI)).toEqual([vbd]);
    for (const [pif, { network }] of await records('PIF'))
      expect(await call('network.get_PIFs', network)).toContain(pif);
  });
});

describe('finding', () => {
  it('goes by uuid, by name and by a filter', async () => {
    const { ref, uuid } = pool.vm('web');
    expect(await call('VM.get_by_uuid', uuid)).toBe(ref);
    expect(await call('VM.get_by_name_label', 'web')).toEqual([ref]);
    const filtered = await call('VM.get_all_records_where', 'field "is_a_template" = "true"');
    expect(Object.keys(filtered as object)).toEqual([pool.vm('golden').ref]);
    expect(Object.keys((await call('VM.get_all_records_where', 'true')) as object)).toHaveLength(6);
  });

  it('is HANDLE_INVALID and UUID_INVALID for what is not there', async () => {
    expect(await errorOf('VM.get_record', 'OpaqueRef:gone')).toEqual([
      'HANDLE_INVALID',
      'VM',
      'OpaqueRef:gone',
    ]);
    expect(await errorOf('VM.get_by_uuid', 'gone')).toEqual(['UUID_INVALID', 'VM', 'gone']);
    expect(await errorOf('VM.get_record', 7)).toEqual(['FIELD_TYPE_ERROR', 'self']);
  });
});

describe('writing', () => {
  it('adds to a map once, refuses it twice, and removes as often as one likes', async () => {
    const { ref, uuid } = pool.vm('web');
    await call('VM.add_to_other_config', ref, 'k', 'v');
    expect(await call('VM.get_other_config', ref)).toEqual({ folder: '/a', k: 'v' });
    expect(await errorOf('VM.add_to_other_config', ref, 'k', 'w')).toEqual([
      'MAP_DUPLICATE_KEY',
      'VM',
      'other_config',
      uuid,
      'k',
    ]);
    await call('VM.remove_from_other_config', ref, 'k');
    await call('VM.remove_from_other_config', ref, 'k');
    expect(await call('VM.get_other_config', ref)).toEqual({ folder: '/a' });
  });

  it('adds and removes tags, and sets fields in their type', async () => {
    const { ref } = pool.vm('web');
    await call('VM.add_tags', ref, 'new');
    await call('VM.remove_tags', ref, 'prod');
    expect(await call('VM.get_tags', ref)).toEqual(['new']);
    await call('VM.set_name_description', ref, 'changed');
    expect(await call('VM.get_name_description', ref)).toBe('changed');
    expect(await errorOf('VM.set_name_description', ref, 5)).toEqual([
      'FIELD_TYPE_ERROR',
      'name_description',
    ]);
  });

  it('is not to be had for consoles', async () => {
    expect(await errorOf('console.destroy', pool.vm('web').consoles[0]?.ref)).toEqual([
      'NOT_IMPLEMENTED',
      'console.destroy',
    ]);
  });
});
