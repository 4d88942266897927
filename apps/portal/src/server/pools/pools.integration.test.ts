import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
  openPassword,
  PIN,
} from '../testing/portal-fixture.ts';
import { addPool } from './add-pool.ts';
import { PROBE_LIFE_MS } from './confirmed-address.ts';
import { getPool } from './get-pool.ts';
import { listPools } from './list-pools.ts';
import { PROBES_PER_MINUTE, probePool } from './probe-pool.ts';
import { readProbe } from './read-probe.ts';
import { removePool } from './remove-pool.ts';

let fixture: Fixture;
const OTHER_PIN = Array(32).fill('BB').join(':');
const org = 'northgate';

beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.end());

const olga = () => fixture.actor('olga');

/** As the worker answers a probe. */
async function answerProbe(probeId: string, fingerprint256 = PIN) {
  const certificate = {
    fingerprint256,
    subject: 'CN=xen-1',
    issuer: 'CN=xen-1',
    validFrom: '2026-01-01T00:00:00Z',
    validTo: '2036-01-01T00:00:00Z',
    tlsVersion: 'TLSv1.3',
  };
  await fixture.sql('UPDATE pool_probe SET finished_at = now(), certificate = $2 WHERE id = $1', [
    probeId,
    certificate,
  ]);
}

async function probed(address: string): Promise<void> {
  const { probeId } = await probePool(fixture.deps, await olga(), { org, address });
  await answerProbe(probeId);
}

async function add(over: Partial<Parameters<typeof addPool>[2]> = {}, by: Name = 'olga') {
  return addPool(fixture.deps, await fixture.actor(by), {
    org,
    displayName: 'Frankfurt',
    address: 'xen-1.example',
    pin: PIN,
    username: 'porthole',
    password: 'hunter2-canary',
    ...over,
  });
}
const jobs = () =>
  fixture.sql(
    `SELECT t.identifier, j.payload FROM graphile_worker._private_jobs j
     JOIN graphile_worker._private_tasks t ON t.id = j.task_id ORDER BY j.id`,
  );

describe('looking at an address', () => {
  it('asks the worker and waits for its answer', async () => {
    const { probeId } = await probePool(fixture.deps, await olga(), { org, address: '10.0.4.1:8443' });
    expect(await jobs()).toContainEqual({
      identifier: 'probe-pool',
      payload: { tenantId: fixture.tenants.northgate, probeId },
    });
    const read = async () => readProbe(fixture.deps, await olga(), { org, probeId });
    expect(await read()).toMatchObject({
      status: 'waiting',
      address: '10.0.4.1',
      port: 8443,
      certificate: null,
    });
    await answerProbe(probeId);
    expect(await read()).toMatchObject({
      status: 'seen',
      certificate: { fingerprint256: PIN, tlsVersion: 'TLSv1.3' },
    });
    expect((await eventsOf(fixture, 'northgate')).at(-1)).toMatchObject({
      action: 'pool.probe',
      data: { probeId, address: '10.0.4.1', port: 8443 },
    });
  });

  it('says what went wrong', async () => {
    const { probeId } = await probePool(fixture.deps, await olga(), { org, address: '127.0.0.1' });
    await fixture.sql("UPDATE pool_probe SET finished_at = now(), failure = 'egress/denied' WHERE id = $1", [
      probeId,
    ]);
    expect(await readProbe(fixture.deps, await olga(), { org, probeId })).toMatchObject({
      status: 'failed',
      failure: 'egress/denied',
      certificate: null,
    });
  });

  it('is refused to customers and for what is no address', async () => {
    await expect(
      probePool(fixture.deps, await fixture.actor('jon'), { org: 'acme', address: 'x' }),
    ).rejects.toMatchObject({
      code: 'rbac/forbidden',
    });
    await expect(probePool(fixture.deps, await olga(), { org, address: 'a b' })).rejects.toMatchObject({
      code: 'pool/address',
    });
  });

  it('finds no probe that is absent or of another organisation', async () => {
    await expect(readProbe(fixture.deps, await olga(), { org, probeId: randomUUID() })).rejects.toMatchObject(
      {
        code: 'probe/not-found',
      },
    );
  });
});

describe('adding a pool', () => {
  let poolId: string;

  it('is refused before anybody looked at its certificate', async () => {
    await expect(add()).rejects.toMatchObject({ code: 'pool/not-probed' });
  });

  it('is refused with another fingerprint than the one seen', async () => {
    await probed('xen-1.example');
    await expect(add({ pin: OTHER_PIN })).rejects.toMatchObject({ code: 'pool/other-fingerprint' });
  });

  it('is refused when that was more than an hour ago', async () => {
    expect(PROBE_LIFE_MS).toBe(3_600_000);
    await fixture.sql(
      "UPDATE pool_probe SET created_at = now() - interval '61 minutes' WHERE address = 'xen-1.example'",
    );
    await expect(add()).rejects.toMatchObject({ code: 'pool/not-probed' });
    await probed('xen-1.example');
  });

  it('succeeds, asks the worker to begin, and the log holds both acts and no password', async () => {
    ({ poolId } = await add({
      allotments: [
        { tag: 'acme', holder: 'acme' },
        { tag: 'own', holder: 'northgate' },
      ],
    }));
    expect(await jobs()).toContainEqual({
      identifier: 'sync-pool',
      payload: { tenantId: fixture.tenants.northgate, poolId },
    });
    const events = await eventsOf(fixture, 'northgate');
    expect(events.slice(-2)).toMatchObject([
      { action: 'pool.added', target: { id: poolId, name: 'Frankfurt' }, data: { pin: PIN } },
      { action: 'credential.written', data: { username: 'porthole', purpose: 'inventory' } },
    ]);
    expect(JSON.stringify(events)).not.toContain('canary');
    expect(
      await fixture.sql(
        'SELECT kind, pattern, holder_tenant_id FROM allotment WHERE pool_id = $1 ORDER BY position',
        [poolId],
      ),
    ).toEqual([
      { kind: 'tag', pattern: 'acme', holder_tenant_id: fixture.tenants.acme },
      { kind: 'tag', pattern: 'own', holder_tenant_id: fixture.tenants.northgate },
    ]);
  });

  it('seals the password for the worker, for this pool and this certificate alone', async () => {
    const [row] = await fixture.sql('SELECT * FROM pool_credential WHERE pool_id = $1', [poolId]);
    expect(JSON.stringify(row)).not.toContain('canary');
    expect(await openPassword(fixture, poolId, PIN)).toBe('hunter2-canary');
    await expect(openPassword(fixture, poolId, OTHER_PIN)).rejects.toThrow();
    await expect(openPassword(fixture, poolId, PIN, randomUUID())).rejects.toThrow();
  });

  it('is refused a second time, and for an organisation that nobody knows', async () => {
    await expect(add()).rejects.toMatchObject({ code: 'pool/known' });
    await probed('xen-2.example');
    await expect(
      add({ address: 'xen-2.example', allotments: [{ tag: 'x', holder: 'nobody' }] }),
    ).rejects.toMatchObject({ code: 'pool/unknown-holder' });
  });

  it('is refused to an owner of a customer', async () => {
    await expect(add({ org: 'globex' }, 'gus')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('shows it with its accounts and without anything secret', async () => {
    const pool = await getPool(fixture.deps, await olga(), { org, id: poolId });
    expect(pool).toMatchObject({
      displayName: 'Frankfurt',
      state: 'new',
      pin: PIN,
      accounts: [{ purpose: 'inventory', username: 'porthole' }],
      hostList: [],
      mayManage: true,
    });
    expect(await listPools(fixture.deps, await olga(), { org })).toMatchObject({
      mayManage: true,
      rows: [{ id: poolId, hosts: 0, machines: 0 }],
    });
  });

  it('is not found by another organisation', async () => {
    await expect(
      getPool(fixture.deps, await fixture.actor('gus'), { org: 'globex', id: poolId }),
    ).rejects.toMatchObject({
      code: 'pool/not-found',
    });
  });

  it('ends with removing it: password gone, list empty, once', async () => {
    const remove = async () => removePool(fixture.deps, await olga(), { org, id: poolId });
    expect(await remove()).toEqual({ removed: true });
    expect(await fixture.sql('SELECT 1 FROM pool_credential WHERE pool_id = $1', [poolId])).toEqual([]);
    expect((await listPools(fixture.deps, await olga(), { org })).rows).toEqual([]);
    expect((await eventsOf(fixture, 'northgate')).at(-1)).toMatchObject({
      action: 'pool.removed',
      target: { id: poolId },
    });
    await expect(remove()).rejects.toMatchObject({ code: 'pool/not-found' });
  });
});

describe('too many looks', () => {
  it('have to wait', async () => {
    for (let count = 0; count < PROBES_PER_MINUTE; count += 1)
      await probePool(fixture.deps, await olga(), { org, address: '10.0.4.1' }).catch(() => null);
    await expect(probePool(fixture.deps, await olga(), { org, address: '10.0.4.1' })).rejects.toMatchObject({
      code: 'rate/limited',
    });
  });
});
