import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../../../tools/worker/worker-bench.ts';

const soon = { timeout: 15_000, interval: 25 };

let bench: WorkerBench;
beforeEach(async () => {
  bench = await createWorkerBench();
});
afterEach(() => bench.close());

const stateIs = (handle: PoolHandle, state: string, reason: string | null = null) =>
  expect.poll(() => bench.poolRow(handle), soon).toMatchObject({ state, state_reason: reason });

describe('several workers', () => {
  it('watch each pool once', async () => {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    const [one, two] = [bench.startWatches('one'), bench.startWatches('two')];
    await Promise.all([one.tick(), two.tick()]);
    await stateIs(handle, 'connected');
    await Promise.all([one.tick(), two.tick()]);
    expect([...one.pools, ...two.pools]).toEqual([handle.poolId]);
    expect(pool.stats().logins).toBe(1);
  });

  it('take over when one stops', async () => {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    const [one, two] = [bench.startWatches('one'), bench.startWatches('two')];
    await one.tick();
    await stateIs(handle, 'connected');
    await one.close();
    await two.tick();
    expect(two.pools).toEqual([handle.poolId]);
    await expect
      .poll(
        async () => [...(await bench.sessions(handle)).values()].map(({ generation }) => generation),
        soon,
      )
      .toEqual([2, 2]);
  });

  it('take over when one dies without a word, after its lease', async () => {
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }] });
    const handle = await bench.addPool(pool);
    const dead = bench.startWatches('dead', { leaseS: 1 });
    const heir = bench.startWatches('heir');
    await dead.tick();
    // At once, while the lease is fresh even on a slow machine.
    await heir.tick();
    expect(heir.pools).toEqual([]);
    await stateIs(handle, 'connected');
    await expect
      .poll(async () => {
        dead.stopExpired();
        await heir.tick();
        return heir.pools;
      }, soon)
      .toEqual([handle.poolId]);
    await expect.poll(() => dead.pools, soon).toEqual([]);
  });
});
