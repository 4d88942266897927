import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerBench, type WorkerBench } from '../../../tools/worker/worker-bench.ts';
import { startWorker, type Worker } from './start-worker.ts';

const soon = { timeout: 15_000, interval: 25 };

let bench: WorkerBench;
let worker: Worker;
beforeEach(async () => {
  bench = await createWorkerBench();
  worker = await startWorker({ ...bench.depsOf('worker'), database: { url: bench.database.url('worker') } });
});
afterEach(async () => {
  await worker.stop();
  await bench.close();
});

async function askProbe(tenantId: string, address: string, port: number, { withJob = true } = {}) {
  const probeId = randomUUID();
  await bench.asPortal(
    tenantId,
    'INSERT INTO pool_probe (tenant_id, id, address, port, requested_by) VALUES ($1, $2, $3, $4, $1)',
    [tenantId, probeId, address, port],
  );
  if (withJob) await askWorker(tenantId, 'probe-pool', { tenantId, probeId });
  return async () => {
    const [row] = await bench.asPortal(tenantId, 'SELECT * FROM pool_probe WHERE id = $1', [probeId]);
    return row;
  };
}

const askWorker = (tenantId: string, task: string, payload: Record<string, string>) =>
  bench.asPortal(tenantId, 'SELECT ask_worker($1, $2::jsonb)', [task, JSON.stringify(payload)]);

describe('a probe', () => {
  it('shows the certificate that answers, and nothing is sent there', async () => {
    const pool = await bench.startPool();
    const [host] = pool.hosts;
    const row = await askProbe(await bench.addTenant(), '127.0.0.1', host?.port ?? 0);
    await expect.poll(row, soon).toMatchObject({
      finished_at: expect.any(Date),
      failure: null,
      certificate: { fingerprint256: host?.fingerprint256, tlsVersion: expect.stringContaining('TLS') },
    });
    expect(pool.stats().rpcCalls).toBe(0);
  });

  it('is answered even if its job was lost', async () => {
    const pool = await bench.startPool();
    const row = await askProbe(await bench.addTenant(), '127.0.0.1', pool.hosts[0]?.port ?? 0, {
      withJob: false,
    });
    await expect.poll(row, soon).toMatchObject({ failure: null });
  });

  it.each([
    ['a loopback port that is nobody’s', '127.0.0.1', 4399, 'egress/address-not-allowed'],
    ['a metadata service', '169.254.169.254', 443, 'egress/address-not-allowed'],
    ['a private range that nobody opened', '10.0.0.1', 443, 'egress/address-not-allowed'],
  ])('of %s is refused with a code', async (_what, address, port, failure) => {
    const row = await askProbe(await bench.addTenant(), address, port);
    await expect.poll(row, soon).toMatchObject({ failure, certificate: null });
  });
});

describe('a running worker', () => {
  it('tells the log of a guest link that ended by its date', async () => {
    const tenantId = await bench.addTenant();
    await bench.asPortal(
      tenantId,
      `INSERT INTO guest_link (tenant_id, vm_id, vm_name, guest_name, email, rights, one_visit, door, reason, ends_at, created_by,
         created_name) VALUES ($1, $1, 'web', 'Nina', 'n@x.example', '{look}', false, true, '', now() - interval '1 s', $1, 'jon')`,
      [tenantId],
    );
    const told = async () =>
      (await bench.asPortal(tenantId, 'SELECT payload FROM audit_event')).map(({ payload }) =>
        JSON.parse(String(payload)),
      );
    await expect
      .poll(told, soon)
      .toMatchObject([{ action: 'guest.ended', data: { guest: 'Nina', why: 'ran-out' } }]);
  });

  it('finds a new pool by itself, and ends its sessions when it is removed', async () => {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    await expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state: 'connected' });
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET removed_at = now()');
    await expect.poll(() => pool.openSessions(), soon).toBe(0);
  });

  it('makes a fresh session when a relay asks by the host', async () => {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    await expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state: 'connected' });
    const [host] = await bench.asPortal(handle.tenantId, 'SELECT id FROM host');
    await askWorker(handle.tenantId, 'refresh-session', {
      tenantId: handle.tenantId,
      hostId: String(host?.id),
    });
    await expect
      .poll(
        async () => [...(await bench.sessions(handle)).values()].map(({ generation }) => generation),
        soon,
      )
      .toEqual([2, 2]);
  });

  it('passes on what is asked of a pool that another one watches', async () => {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    await expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state: 'connected' });
    const other = await startWorker({
      ...bench.depsOf('other'),
      database: { url: bench.database.url('worker') },
    });
    const reads = () => pool.stats().callsByMethod['VM.get_all_records'] ?? 0;
    for (let round = 0; round < 6; round += 1) {
      const before = reads();
      await askWorker(handle.tenantId, 'sync-pool', { tenantId: handle.tenantId, poolId: handle.poolId });
      await expect.poll(reads, soon).toBeGreaterThan(before);
    }
    expect(other.watches.pools).toEqual([]);
    await other.stop();
  });
});
