import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createWorkerBench,
  type PoolHandle,
  type WorkerBench,
  writeCredential,
} from '../../../tools/worker/worker-bench.ts';

const soon = { timeout: 15_000, interval: 25 };

let bench: WorkerBench;
beforeEach(async () => {
  bench = await createWorkerBench();
});
afterEach(() => bench.close());

const stateIs = (handle: PoolHandle, state: string, reason: string | null = null) =>
  expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state, state_reason: reason });

async function connectedPool() {
  const pool = await bench.startPool({ vms: [{ name: 'web-01', residentOn: 1 }] });
  const handle = await bench.addPool(pool);
  const watches = bench.startWatches();
  await watches.tick();
  await stateIs(handle, 'connected');
  return { pool, handle, watches };
}

const actions = async (handle: PoolHandle) =>
  (await bench.events(handle.tenantId)).map(({ action }) => action);

describe('a certificate that is not the confirmed one', () => {
  it('ends trust in the pool: no further sign-in, no sealed session, one event', async () => {
    const { pool, handle } = await connectedPool();
    const pinned = pool.hosts[0]?.fingerprint256;
    await pool.swapCertificate(0);
    await stateIs(handle, 'untrusted', 'pool/certificate-changed');
    await expect.poll(async () => (await bench.sessions(handle)).size, soon).toBe(0);
    await expect.poll(() => actions(handle), soon).toContain('pool.pin_mismatch');
    const { tlsConnections, logins } = pool.stats();
    // It goes on asking for the certificate, and sends nothing else.
    await expect.poll(() => pool.stats().tlsConnections, soon).toBeGreaterThan(tlsConnections + 2);
    expect(pool.stats().logins).toBe(logins);
    const mismatches = (await bench.events(handle.tenantId)).filter(
      ({ action }) => action === 'pool.pin_mismatch',
    );
    expect(mismatches.map(({ data }) => data)).toEqual([
      { expected: pinned, seen: pool.hosts[0]?.fingerprint256 },
    ]);
  });

  it('of a member takes that host’s trust away and leaves the rest', async () => {
    const { pool, handle } = await connectedPool();
    const [coordinator, member] = pool.hosts;
    await pool.swapCertificate(1);
    await expect
      .poll(async () => [...(await bench.sessions(handle)).keys()], soon)
      .toEqual([coordinator?.uuid]);
    await stateIs(handle, 'connected');
    await expect
      .poll(async () => (await bench.events(handle.tenantId)).at(-1), soon)
      .toMatchObject({ action: 'pool.pin_mismatch', data: { expected: member?.fingerprint256 } });
  });

  it('of a member is learned when the coordinator’s records tell of it', async () => {
    const { pool, handle } = await connectedPool();
    await pool.swapCertificate(1, { announce: true });
    await expect
      .poll(
        async () => (await bench.sessions(handle)).get(pool.hosts[1]?.uuid ?? '')?.pin.fingerprint256,
        soon,
      )
      .toBe(pool.hosts[1]?.fingerprint256);
    expect(await actions(handle)).not.toContain('pool.pin_mismatch');
  });
});

describe('an account that is not taken', () => {
  it('refuses the pool and is not tried again by itself', async () => {
    const pool = await bench.startPool();
    const handle = await bench.addPool(pool, { password: 'canary-wrong' });
    const watches = bench.startWatches();
    await watches.tick();
    await stateIs(handle, 'refused', 'xenapi/session-authentication-failed');
    await watches.tick();
    expect(pool.stats().failedLogins).toBe(1);
  });

  it('is tried again when an operator writes another password', async () => {
    const pool = await bench.startPool();
    const handle = await bench.addPool(pool, { password: 'canary-wrong' });
    const watches = bench.startWatches();
    await watches.tick();
    await stateIs(handle, 'refused', 'xenapi/session-authentication-failed');
    await writeCredential(
      bench.asPortal,
      handle,
      pool.hosts[0]?.fingerprint256 ?? '',
      'canary-pool-password',
    );
    await watches.tick();
    await stateIs(handle, 'connected');
  });

  it('is told when there is none', async () => {
    const pool = await bench.startPool();
    const handle = await bench.addPool(pool);
    await bench.asPortal(handle.tenantId, 'DELETE FROM pool_credential');
    await bench.startWatches().tick();
    await stateIs(handle, 'refused', 'credential/missing');
  });
});

describe('a portal that has fallen', () => {
  it('cannot have the password sent to a host of its own, nor a session', async () => {
    const { pool, handle, watches } = await connectedPool();
    const canary = await bench.startPool({ vms: [], hosts: 1 });
    const [target] = canary.hosts;
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET address = $1, port = $2, pin = $3', [
      target?.address,
      target?.port,
      target?.fingerprint256,
    ]);
    await watches.tick();
    await stateIs(handle, 'refused', 'credential/bound-elsewhere');
    await expect.poll(async () => (await bench.sessions(handle)).size, soon).toBe(0);
    expect(canary.stats()).toMatchObject({ logins: 0, failedLogins: 0, rpcCalls: 0, tlsConnections: 0 });
    expect(pool.stats().logins).toBe(1);
  });

  it('cannot do it by the address alone either', async () => {
    const { handle, watches } = await connectedPool();
    const canary = await bench.startPool({ vms: [], hosts: 1 });
    const [target] = canary.hosts;
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET address = $1, port = $2', [
      target?.address,
      target?.port,
    ]);
    await watches.tick();
    await stateIs(handle, 'untrusted', 'pool/certificate-changed');
    expect(canary.stats()).toMatchObject({ logins: 0, failedLogins: 0, rpcCalls: 0 });
  });

  it('cannot do it by the address of a host, since the pin goes with it', async () => {
    const { pool, handle, watches } = await connectedPool();
    const canary = await bench.startPool({ vms: [], hosts: 1 });
    const [target] = canary.hosts;
    await bench.asPortal(handle.tenantId, 'UPDATE host SET override_address = $1, override_port = $2', [
      target?.address,
      target?.port,
    ]);
    await watches.tick();
    await expect.poll(() => canary.stats().tlsConnections, soon).toBeGreaterThan(0);
    await expect
      .poll(async () => [...(await bench.sessions(handle)).values()].map(({ port }) => port), soon)
      .toEqual([pool.hosts[0]?.port]);
    expect(canary.stats().rpcCalls).toBe(0);
  });
});
