import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkerBench, type PoolHandle, type WorkerBench } from '../../../tools/worker/worker-bench.ts';

const soon = { timeout: 15_000, interval: 25 };
const PASSWORD = 'of a directory user';

let bench: WorkerBench;
beforeEach(async () => {
  bench = await createWorkerBench();
});
afterEach(() => bench.close());

/** What an operator reads of a pool beside its state. */
const standing = async (handle: PoolHandle) => {
  const { state, state_reason, state_detail, account_superuser, account_lacks } = await bench.poolRow(handle);
  return { state, state_reason, state_detail, account_superuser, account_lacks };
};

describe('what the account may do', () => {
  it('is told for the pool’s local root', async () => {
    const pool = await bench.startPool({ vms: [], hosts: 1 });
    const handle = await bench.addPool(pool);
    await bench.startWatches().tick();
    await expect
      .poll(() => standing(handle), soon)
      .toMatchObject({ state: 'connected', account_superuser: true, account_lacks: [] });
  });

  it.each([
    ['vm-operator', ['hostConsole']],
    ['read-only', ['console', 'power', 'hostConsole']],
  ] as const)('is told for %s, and the pool is read all the same', async (role, lacks) => {
    const otherAccounts = [{ username: 'porthole', password: PASSWORD, role }];
    const pool = await bench.startPool({ vms: [{ name: 'web-01' }], hosts: 1, otherAccounts });
    const handle = await bench.addPool(pool, { username: 'porthole', password: PASSWORD });
    await bench.startWatches().tick();
    await expect
      .poll(() => standing(handle), soon)
      .toMatchObject({ state: 'connected', account_superuser: false, account_lacks: lacks });
    expect((await bench.vms(handle)).has('web-01')).toBe(true);
  });
});

describe('a pool whose address is a member’s', () => {
  it('is refused with the coordinator’s address, until that is the pool’s', async () => {
    const pool = await bench.startPool({ vms: [] });
    const handle = await bench.addPool(pool);
    const member = pool.hosts[1];
    await bench.asPortal(handle.tenantId, 'UPDATE pool SET address = $1, port = $2, pin = $3', [
      member?.address,
      member?.port,
      member?.fingerprint256,
    ]);
    await bench.sealFor(handle, member?.fingerprint256 ?? '');
    await bench.startWatches().tick();
    await expect
      .poll(() => standing(handle), soon)
      .toMatchObject({
        state: 'refused',
        state_reason: 'xenapi/host-is-slave',
        state_detail: pool.hosts[0]?.address,
      });
  });
});

describe('a host that is not where the pool says', () => {
  it('has the reason in its row, and none any more where the operator gives the address', async () => {
    const pool = await bench.startPool({ vms: [] });
    const handle = await bench.addPool(pool);
    const member = pool.hosts[1];
    const reach = async () =>
      (
        await bench.asPortal(handle.tenantId, 'SELECT reach_failure FROM host WHERE uuid = $1', [
          member?.uuid,
        ])
      )[0]?.reach_failure;
    const override = (port: number | undefined) =>
      bench.asPortal(
        handle.tenantId,
        'UPDATE host SET override_address = $2, override_port = $3 WHERE uuid = $1',
        [member?.uuid, member?.address, port],
      );
    const watches = bench.startWatches();
    await watches.tick();
    await expect.poll(() => standing(handle), soon).toMatchObject({ state: 'connected' });
    await override(1);
    await watches.tick();
    await expect.poll(reach, soon).toMatch(/^egress\//);
    await override(member?.port);
    await watches.tick();
    await expect.poll(reach, soon).toBeNull();
  });
});

describe('a pool that is paused', () => {
  it('has no session of ours, sealed or open', async () => {
    const pool = await bench.startPool({ vms: [] });
    const handle = await bench.addPool(pool);
    const watches = bench.startWatches();
    await watches.tick();
    await expect.poll(async () => (await bench.sessions(handle)).size, soon).toBe(2);
    await bench.asPortal(handle.tenantId, "UPDATE pool SET state = 'paused'");
    expect((await bench.sessions(handle)).size).toBe(0);
    await watches.tick();
    await expect.poll(() => pool.openSessions(), soon).toBe(0);
    expect((await bench.sessions(handle)).size).toBe(0);
  });
});
