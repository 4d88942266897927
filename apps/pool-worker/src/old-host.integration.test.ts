import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerBench, type WorkerBench } from '../../../tools/worker/worker-bench.ts';

const soon = { timeout: 15_000, interval: 25 };

let bench: WorkerBench;
beforeEach(async () => {
  bench = await createWorkerBench();
});
afterEach(() => bench.close());

describe('a pool from before JSON-RPC', () => {
  it('is read and followed; of its hosts the one that a person confirmed may be dialled', async () => {
    const vms = [{ name: 'web-01' }, { name: 'off', powerState: 'Halted' as const }];
    const pool = await bench.startPool({ wire: 'xml-rpc', vms });
    const handle = await bench.addPool(pool);
    await bench.startWatches().tick();
    await expect.poll(async () => (await bench.poolRow(handle)).state, soon).toBe('connected');
    const web = (await bench.vms(handle)).get('web-01');
    expect(web).toMatchObject({ power_state: 'Running', memory_bytes: String(1024 ** 3), vcpus: 1 });
    pool.vm('web-01').setPowerState('Paused');
    await expect.poll(async () => (await bench.vms(handle)).get('web-01')?.power_state, soon).toBe('Paused');
    // It has no records of certificates: members are confirmed by hand.
    await expect
      .poll(async () => [...(await bench.sessions(handle)).keys()], soon)
      .toEqual([pool.hosts[0]?.uuid]);
    expect(pool.stats().callsByMethod['VM.get_all_records']).toBe(1);
  });
});
