import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../../../tools/worker/worker-bench.ts';

const VMS = [
  { name: 'web-01', residentOn: 1 },
  { name: 'db-01', residentOn: 2 },
];
const soon = { timeout: 15_000, interval: 25 };

let bench: WorkerBench;
beforeEach(async () => {
  bench = await createWorkerBench();
});
afterEach(() => bench.close());

const stateIs = (handle: PoolHandle, state: string) =>
  expect.poll(async () => (await bench.poolRow(handle)).state, soon).toBe(state);
const powerIs = (handle: PoolHandle, name: string, state: string) =>
  expect.poll(async () => (await bench.vms(handle)).get(name)?.power_state, soon).toBe(state);

async function connectedPool() {
  const pool = await bench.startPool({ hosts: 3, vms: VMS });
  const handle = await bench.addPool(pool);
  const watches = bench.startWatches();
  await watches.tick();
  await stateIs(handle, 'connected');
  await expect.poll(async () => (await bench.sessions(handle)).size, soon).toBe(3);
  return { pool, handle, watches };
}

describe('a coordinator that is lost', () => {
  it('is followed to the member that took over, and what changes there is seen', async () => {
    const { pool, handle } = await connectedPool();
    const before = await bench.sessions(handle);
    pool.failOver(1);
    pool.vm('db-01').setPowerState('Paused');
    await powerIs(handle, 'db-01', 'Paused');
    await stateIs(handle, 'connected');
    // Sessions are not kept over a fail-over: what relays dial with is made anew, for every host that is still trusted.
    const web = pool.hosts[1]?.uuid ?? '';
    await expect
      .poll(async () => (await bench.sessions(handle)).get(web)?.sessionRef.reveal(), soon)
      .not.toBe(before.get(web)?.sessionRef.reveal());
    expect((await bench.sessions(handle)).get(web)).toMatchObject({ port: pool.hosts[1]?.port });
    expect(pool.stats().logins).toBe(2);
  });

  it('is found out by a worker that starts only then', async () => {
    const { pool, handle, watches } = await connectedPool();
    await watches.close();
    pool.failOver(2);
    pool.vm('web-01').setPowerState('Paused');
    await bench.startWatches('worker-2').tick();
    await powerIs(handle, 'web-01', 'Paused');
    await stateIs(handle, 'connected');
  });

  it('comes back as a member, and is trusted for its own machines as before', async () => {
    const { pool, handle } = await connectedPool();
    pool.failOver(1);
    pool.vm('db-01').setPowerState('Paused');
    await powerIs(handle, 'db-01', 'Paused');
    pool.setHostDown(0, false);
    const [first] = pool.hosts;
    await expect
      .poll(async () => (await bench.sessions(handle)).get(first?.uuid ?? ''), soon)
      .toMatchObject({ port: first?.port, pin: { fingerprint256: first?.fingerprint256 } });
    await stateIs(handle, 'connected');
  });
});

describe('another host that an administrator made the coordinator', () => {
  it('is followed to, with one more sign-in', async () => {
    const { pool, handle } = await connectedPool();
    pool.promote(2);
    pool.vm('web-01').setPowerState('Paused');
    await powerIs(handle, 'web-01', 'Paused');
    await stateIs(handle, 'connected');
  });
});

describe('a host that was taken out of the pool', () => {
  it('is not believed to lead it, and no machine is lost', async () => {
    const { pool, handle, watches } = await connectedPool();
    await watches.close();
    pool.eject(1);
    pool.setHostDown(0, true);
    pool.setHostDown(2, true);
    await bench.startWatches('worker-2').tick();
    await stateIs(handle, 'unreachable');
    const vms = await bench.vms(handle);
    expect(['web-01', 'db-01'].map((name) => vms.get(name)?.gone_at)).toEqual([null, null]);
  });
});
