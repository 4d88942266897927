import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestBench, type TestBench } from './test-bench.ts';

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
const soon = { timeout: 10_000, interval: 25 };

let bench: TestBench;
beforeAll(async () => {
  bench = await createTestBench();
});
afterAll(() => bench.close());

describe('the first look at a pool', () => {
  it('brings machines, hosts, trust and sealed sessions into the database', async () => {
    const pool = await bench.startPool({ vms: VMS });
    const handle = await bench.addPool(pool);
    await bench.startWatches().tick();
    await expect
      .poll(() => bench.poolRow(handle), soon)
      .toMatchObject({ state: 'connected', state_reason: null });
    const vms = await bench.vms(handle);
    expect([...vms.keys()].filter((name) => !name.startsWith('Control'))).toEqual([
      'web-01',
      'db-01',
      'idle',
    ]);
    expect(vms.get('web-01')).toMatchObject({
      tenant_id: handle.tenantId,
      power_state: 'Running',
      os_name: 'Debian GNU/Linux 12',
      addresses: ['192.0.2.10'],
      screen_console_ref: pool.vm('web-01').consoles.find(({ protocol }) => protocol === 'rfb')?.ref,
    });
    const sessions = await bench.sessions(handle);
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
});
