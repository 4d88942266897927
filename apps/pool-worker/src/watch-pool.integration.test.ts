import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../../../tools/worker/worker-bench.ts';

const VMS = [
  {
    name: 'web-01',
    tags: ['acme', 'prod'],
    os: 'Debian GNU/Linux 12',
    addresses: ['192.0.2.10'],
    residentOn: 1,
  },
  { name: 'db-01', tags: ['acme'] },
  { name: 'idle', powerState: 'Halted' as const },
];
const soon = { timeout: 15_000, interval: 25 };

let bench: WorkerBench;
beforeEach(async () => {
  bench = await createWorkerBench();
});
afterEach(() => bench.close());

const stateIs = (handle: PoolHandle, state: string, reason: string | null = null) =>
  expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state, state_reason: reason });

async function connectedPool(options: Parameters<WorkerBench['startPool']>[0] = { vms: VMS }) {
  const pool = await bench.startPool(options);
  const handle = await bench.addPool(pool);
  const watches = bench.startWatches();
  await watches.tick();
  await stateIs(handle, 'connected');
  return { pool, handle, watches };
}

const actions = async (handle: PoolHandle) =>
  (await bench.events(handle.tenantId)).map(({ action }) => action);

/** As the portal writes one. */
const addRule = (handle: PoolHandle, position: number, kind: string, pattern: string, holder: string) =>
  bench.asPortal(
    handle.tenantId,
    `INSERT INTO allotment (tenant_id, pool_id, position, kind, pattern, holder_tenant_id)
     VALUES ($1, $2, $3, $4::allotment_kind, $5, $6)`,
    [handle.tenantId, handle.poolId, position, kind, pattern, holder],
  );
describe('the first look at a pool', () => {
  it('brings machines, hosts, trust and sealed sessions into the database', async () => {
    const { pool, handle } = await connectedPool();
    const vms = await bench.vms(handle);
    expect([...vms.keys()].filter((name) => !name.startsWith('Control')).sort()).toEqual([
      'db-01',
      'idle',
      'web-01',
    ]);
    expect(vms.get('web-01')).toMatchObject({
      tenant_id: handle.tenantId,
      power_state: 'Running',
      os_name: 'Debian GNU/Linux 12',
      addresses: ['192.0.2.10'],
      screen_console_ref: pool.vm('web-01').consoles.find(({ protocol }) => protocol === 'rfb')?.ref,
      text_console_ref: pool.vm('web-01').consoles.find(({ protocol }) => protocol === 'vt100')?.ref,
    });
    expect(vms.get('idle')).toMatchObject({ power_state: 'Halted', resident_host_id: null });
    expect(await bench.poolRow(handle)).toMatchObject({ product_version: 'XCP-ng 8.3.0' });
  });

  it('seals one session for each host, with the address and pin that the relay dials', async () => {
    const { pool, handle } = await connectedPool();
    const sessions = await bench.sessions(handle);
    expect(sessions.size).toBe(2);
    for (const host of pool.hosts) {
      expect(sessions.get(host.uuid)).toMatchObject({
        address: host.address,
        port: host.port,
        pin: { fingerprint256: host.fingerprint256 },
        generation: 1,
      });
    }
    expect(pool.stats().logins).toBe(1);
  });

  it('hides templates, snapshots and helpers, and marks control domains', async () => {
    const { handle } = await connectedPool({
      vms: [
        { name: 'machine' },
        { name: 'template', template: true },
        { name: 'snapshot', snapshot: true },
        { name: 'helper', otherConfig: { HideFromXenCenter: 'true' } },
      ],
    });
    const vms = await bench.vms(handle);
    const controlDomains = [...vms.values()].filter((vm) => vm.is_control_domain);
    expect([...vms.keys()].filter((name) => !name.startsWith('Control'))).toEqual(['machine']);
    expect(controlDomains).toHaveLength(2);
  });

  it('allots machines by the rules of their pool, and control domains to nobody else', async () => {
    const pool = await bench.startPool({ vms: VMS });
    const handle = await bench.addPool(pool);
    const acme = await bench.addTenant();
    const rest = await bench.addTenant();
    await addRule(handle, 1, 'tag', 'acme', acme);
    await addRule(handle, 2, 'name', '*', rest);
    await bench.startWatches().tick();
    await stateIs(handle, 'connected');
    const vms = await bench.vms(handle);
    expect(vms.get('web-01')?.tenant_id).toBe(acme);
    expect(vms.get('idle')?.tenant_id).toBe(rest);
    const control = [...vms.values()].find((vm) => vm.is_control_domain);
    expect(control?.tenant_id).toBe(handle.tenantId);
  });

  it('tells the log of the sign-in and of the new state', async () => {
    const { handle } = await connectedPool();
    expect(await actions(handle)).toEqual(['credential.used', 'pool.state']);
  });

  it('writes no secret to the log', async () => {
    const { handle } = await connectedPool();
    const [session] = (await bench.sessions(handle)).values();
    const lines = bench.logLines.join('');
    expect(lines).not.toContain('canary');
    expect(lines).not.toContain(session?.sessionRef.reveal());
  });
});

describe('whose a machine is', () => {
  const holderOf = async (handle: PoolHandle, name: string) => (await bench.vms(handle)).get(name)?.tenant_id;

  it('changes when its tags, its folder or the rules of its pool do, and a hand is left alone', async () => {
    // Only a provider gives machines away.
    const tenantId = randomUUID();
    await bench.asPortal(
      tenantId,
      "INSERT INTO tenant (id, slug, name, kind) VALUES ($1, 'host', 'H', 'provider')",
      [tenantId],
    );
    const pool = await bench.startPool({ vms: VMS });
    const handle = await bench.addPool(pool, { tenantId });
    const watches = bench.startWatches();
    await watches.tick();
    await stateIs(handle, 'connected');
    const [acme, globex] = [await bench.addTenant(), await bench.addTenant()];
    await addRule(handle, 1, 'tag', 'acme', acme);
    await addRule(handle, 2, 'folder', '/globex', globex);
    await watches.tick();
    await expect.poll(() => holderOf(handle, 'web-01'), soon).toBe(acme);
    expect(await holderOf(handle, 'idle')).toBe(handle.tenantId);

    const administrator = await bench.signInAt(pool);
    await administrator.call('VM.remove_tags', [pool.vm('web-01').ref, 'acme']);
    await administrator.call('VM.add_to_other_config', [pool.vm('idle').ref, 'folder', '/globex/eu']);
    await expect.poll(() => holderOf(handle, 'web-01'), soon).toBe(handle.tenantId);
    await expect.poll(() => holderOf(handle, 'idle'), soon).toBe(globex);
    expect((await bench.events(acme)).map(({ action }) => action)).toEqual([
      'vm.arrived',
      'vm.arrived',
      'vm.left',
    ]);

    const db01 = (await bench.vms(handle)).get('db-01')?.id;
    const version = (await bench.poolRow(handle)).allotment_version;
    await bench.asPortal(handle.tenantId, 'SELECT vms_allot($1, $2, $3, $4::jsonb, $5::jsonb, NULL)', [
      handle.tenantId,
      handle.poolId,
      version,
      JSON.stringify([{ vm: db01, to: globex, hand: true }]),
      JSON.stringify({ personId: null, name: 'test', kind: 'system' }),
    ]);
    await watches.tick();
    await administrator.call('VM.add_tags', [pool.vm('web-01').ref, 'acme']);
    await administrator.call('VM.add_tags', [pool.vm('db-01').ref, 'more']);
    await expect.poll(() => holderOf(handle, 'web-01'), soon).toBe(acme);
    await expect.poll(async () => (await bench.vms(handle)).get('db-01')?.tags, soon).toContain('more');
    expect(await holderOf(handle, 'db-01')).toBe(globex);
  });
});

describe('what happens at the pool', () => {
  it('is seen when a machine changes its power state', async () => {
    const { pool, handle } = await connectedPool();
    pool.vm('web-01').setPowerState('Halted');
    await expect
      .poll(async () => (await bench.vms(handle)).get('web-01'), soon)
      .toMatchObject({
        power_state: 'Halted',
        screen_console_ref: null,
        resident_host_id: null,
        addresses: [],
      });
    pool.vm('idle').setPowerState('Running');
    await expect
      .poll(async () => (await bench.vms(handle)).get('idle')?.screen_console_ref, soon)
      .toBe(pool.vm('idle').consoles.find(({ protocol }) => protocol === 'rfb')?.ref);
  });

  it('is seen when a machine moves to another host', async () => {
    const { pool, handle } = await connectedPool();
    const before = (await bench.vms(handle)).get('web-01');
    pool.migrate('web-01', 0);
    await expect
      .poll(async () => (await bench.vms(handle)).get('web-01')?.screen_console_ref, soon)
      .toBe(pool.vm('web-01').consoles.find(({ protocol }) => protocol === 'rfb')?.ref);
    const after = (await bench.vms(handle)).get('web-01');
    expect(after?.id).toBe(before?.id);
    expect(after?.resident_host_id).not.toBe(before?.resident_host_id);
  });

  it('is seen when a machine restarts: another domain, the same machine', async () => {
    const { pool, handle } = await connectedPool();
    const before = (await bench.vms(handle)).get('web-01');
    pool.reboot('web-01');
    await expect
      .poll(async () => (await bench.vms(handle)).get('web-01')?.domid, soon)
      .not.toBe(before?.domid);
  });

  it('gives a machine that is hidden an end, keeps its row, and knows it again', async () => {
    const { pool, handle } = await connectedPool();
    const before = (await bench.vms(handle)).get('db-01');
    const session = await bench.signInAt(pool);
    await session.call('VM.add_to_other_config', [pool.vm('db-01').ref, 'HideFromXenCenter', 'true']);
    await expect
      .poll(async () => (await bench.vms(handle)).get('db-01'), soon)
      .toMatchObject({ id: before?.id, gone_at: expect.any(Date), screen_console_ref: null });
    await session.call('VM.remove_from_other_config', [pool.vm('db-01').ref, 'HideFromXenCenter']);
    await expect
      .poll(async () => (await bench.vms(handle)).get('db-01'), soon)
      .toMatchObject({ id: before?.id, gone_at: null, screen_console_ref: before?.screen_console_ref });
    expect((await bench.vms(handle)).size).toBe(5);
  });
});

describe('a session that is gone at the pool', () => {
  it('is replaced at once, and sealed anew for the relay', async () => {
    const { pool, handle } = await connectedPool();
    const before = await bench.sessions(handle);
    pool.evictSessions();
    await expect
      .poll(
        async () => [...(await bench.sessions(handle)).values()].map(({ generation }) => generation),
        soon,
      )
      .toEqual([2, 2]);
    for (const [uuid, session] of await bench.sessions(handle)) {
      expect(session.sessionRef.reveal()).not.toBe(before.get(uuid)?.sessionRef.reveal());
    }
    await stateIs(handle, 'connected');
    expect(pool.stats().logins).toBe(2);
  });

  it('is replaced when a relay asks, and the old one ends after a while', async () => {
    const { pool, handle, watches } = await connectedPool();
    watches.ask(handle.poolId, 'refresh-session', new Date());
    await expect
      .poll(
        async () => [...(await bench.sessions(handle)).values()].map(({ generation }) => generation),
        soon,
      )
      .toEqual([2, 2]);
    await expect.poll(() => pool.openSessions(), soon).toBe(1);
    expect(pool.stats().logins).toBe(2);
  });

  it('is not replaced twice for one trouble', async () => {
    const { pool, handle, watches } = await connectedPool();
    const askedAt = new Date(Date.now() - 60_000);
    watches.ask(handle.poolId, 'refresh-session', askedAt);
    watches.ask(handle.poolId, 'sync-pool', new Date());
    await expect.poll(() => pool.stats().callsByMethod['VM.get_all_records'], soon).toBe(2);
    expect(pool.stats().logins).toBe(1);
  });
});

describe('a pool that does not answer', () => {
  it('is unreachable with a reason, and in step again when it comes back', async () => {
    const certDir = await mkdtemp(join(tmpdir(), 'porthole-worker-'));
    const home = { name: 'Frankfurt', ports: [4310, 4311], certDir };
    const { pool, handle } = await connectedPool({ ...home, vms: VMS });
    const before = await bench.vms(handle);
    await pool.stop();
    await expect.poll(async () => (await bench.poolRow(handle)).state, soon).toBe('unreachable');
    expect((await bench.poolRow(handle)).state_reason).toMatch(/^(egress|xenapi)\//);
    expect((await bench.vms(handle)).get('web-01')?.gone_at).toBeNull();
    // Without its last machine: what was deleted meanwhile is gone.
    await bench.startPool({ ...home, vms: VMS.slice(0, 2) });
    await stateIs(handle, 'connected');
    const after = await bench.vms(handle);
    expect(after.get('idle')?.gone_at).toBeInstanceOf(Date);
    expect(after.get('web-01')).toMatchObject({ id: before.get('web-01')?.id, gone_at: null });
    await rm(certDir, { recursive: true });
  });
});

describe('a pool that is removed or paused', () => {
  it('leaves no session behind', async () => {
    const { pool, handle, watches } = await connectedPool();
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET removed_at = now()');
    await watches.tick();
    await expect.poll(() => pool.openSessions(), soon).toBe(0);
    await expect.poll(async () => (await bench.sessions(handle)).size, soon).toBe(0);
    await expect.poll(() => watches.pools, soon).toEqual([]);
  });

  it('is left alone while paused, and taken up again after', async () => {
    const { pool, handle, watches } = await connectedPool();
    await bench.asPortal(handle.tenantId, `UPDATE pool SET state = 'paused'`);
    await watches.tick();
    pool.vm('web-01').setPowerState('Halted');
    await bench.asPortal(handle.tenantId, `UPDATE pool SET state = 'new'`);
    await watches.tick();
    await stateIs(handle, 'connected');
    expect((await bench.vms(handle)).get('web-01')?.power_state).toBe('Halted');
  });
});
