import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addSeat,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  openPassword,
  PIN,
} from '../testing/portal-fixture.ts';
import { getPool } from './get-pool.ts';
import { CHANGES_PER_MINUTE } from './managed-pool.ts';
import { movePool } from './move-pool.ts';
import { pausePool, resumePool, retryPool } from './pause-pool.ts';
import { poolImpact } from './pool-impact.ts';
import { probePool } from './probe-pool.ts';
import { renamePool } from './rename-pool.ts';
import { setHostAddress } from './set-host-address.ts';
import { setPoolAccount } from './set-pool-account.ts';

let fixture: Fixture;
let poolId: string;
let vmId: string;
const org = 'northgate';
const NEW_PIN = Array(32).fill('BB').join(':');

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
  vmId = await addVm(fixture, { name: 'web-01', poolId });
});
afterAll(() => fixture.end());

const olga = () => fixture.actor('olga');
const row = async () => (await fixture.sql('SELECT * FROM pool WHERE id = $1', [poolId]))[0];
const lastEvents = async (count: number) => (await eventsOf(fixture, 'northgate')).slice(-count);

const sealedFor = (pin: string) => openPassword(fixture, poolId, pin);

async function probed(address: string, fingerprint256: string): Promise<void> {
  const { probeId } = await probePool(fixture.deps, await olga(), { org, address });
  await fixture.sql('UPDATE pool_probe SET finished_at = now(), certificate = $2 WHERE id = $1', [
    probeId,
    {
      fingerprint256,
      subject: 'CN=xen-1',
      issuer: 'CN=xen-1',
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2036-01-01T00:00:00Z',
      tlsVersion: 'TLSv1.3',
    },
  ]);
}

describe('the name of a pool', () => {
  it('is changed, and the log says what it was', async () => {
    await renamePool(fixture.deps, await olga(), { org, id: poolId, displayName: 'Vienna' });
    expect(await row()).toMatchObject({ display_name: 'Vienna' });
    expect(await lastEvents(1)).toMatchObject([
      { action: 'pool.renamed', target: { name: 'Vienna' }, data: { before: 'Frankfurt' } },
    ]);
  });

  it('that is the same again is no event', async () => {
    const before = await eventsOf(fixture, 'northgate');
    await renamePool(fixture.deps, await olga(), { org, id: poolId, displayName: 'Vienna' });
    expect(await eventsOf(fixture, 'northgate')).toHaveLength(before.length);
  });
});

describe('the account of a pool', () => {
  it('is sealed for the pin that the pool has, and the worker begins anew', async () => {
    await fixture.sql(
      "UPDATE pool SET state = 'refused', state_reason = 'xenapi/session-authentication-failed' WHERE id = $1",
      [poolId],
    );
    await setPoolAccount(fixture.deps, await olga(), {
      org,
      id: poolId,
      username: 'porthole',
      password: 'rotated-canary',
    });
    expect(await sealedFor(PIN)).toBe('rotated-canary');
    expect(await row()).toMatchObject({ state: 'new', state_reason: null });
    const events = await lastEvents(1);
    expect(events).toMatchObject([{ action: 'credential.written', data: { username: 'porthole' } }]);
    expect(JSON.stringify(events)).not.toContain('canary');
    const pool = await getPool(fixture.deps, await olga(), { org, id: poolId });
    expect(pool.accounts).toMatchObject([{ username: 'porthole' }]);
  });

  it('is replaced as a whole by the next one', async () => {
    const id = poolId;
    await setPoolAccount(fixture.deps, await olga(), {
      org,
      id,
      username: 'other',
      password: 'second-canary',
    });
    expect(await sealedFor(PIN)).toBe('second-canary');
    expect(await fixture.sql('SELECT 1 FROM pool_credential WHERE pool_id = $1', [poolId])).toHaveLength(1);
  });
});

describe('the address of a pool', () => {
  const move = async (over: object = {}) =>
    movePool(fixture.deps, await olga(), {
      org,
      id: poolId,
      address: '10.0.0.2:8443',
      pin: NEW_PIN,
      username: 'porthole',
      password: 'moved-canary',
      ...over,
    });

  it('is refused before anybody looked at it, and with another fingerprint than was seen', async () => {
    await expect(move()).rejects.toMatchObject({ code: 'pool/not-probed' });
    await probed('10.0.0.2:8443', PIN);
    await expect(move()).rejects.toMatchObject({ code: 'pool/other-fingerprint' });
    expect(await row()).toMatchObject({ address: '10.0.0.1', pin: PIN });
  });

  it('is changed together with pin and password, which opens for the new pin alone', async () => {
    await probed('10.0.0.2:8443', NEW_PIN);
    await move();
    expect(await row()).toMatchObject({ address: '10.0.0.2', port: 8443, pin: NEW_PIN, state: 'new' });
    expect(await sealedFor(NEW_PIN)).toBe('moved-canary');
    await expect(sealedFor(PIN)).rejects.toThrow();
    expect(await lastEvents(2)).toMatchObject([
      {
        action: 'pool.moved',
        data: {
          before: { address: '10.0.0.1', port: 443, pin: PIN },
          after: { address: '10.0.0.2', port: 8443, pin: NEW_PIN },
        },
      },
      { action: 'credential.written' },
    ]);
  });

  it('may be the one it has, and not another pool’s', async () => {
    await move();
    const other = await addPoolRow(fixture, 'Graz');
    await fixture.sql("UPDATE pool SET address = '10.0.0.3' WHERE id = $1", [other]);
    await probed('10.0.0.3', NEW_PIN);
    await expect(move({ address: '10.0.0.3' })).rejects.toMatchObject({ code: 'pool/known' });
  });
});

describe('the address of one host', () => {
  const hostId = randomUUID();
  const set = async (address: string | null, id = hostId) =>
    setHostAddress(fixture.deps, await olga(), { org, id: poolId, hostId: id, address });

  beforeAll(async () => {
    await fixture.sql(
      `INSERT INTO host (tenant_id, id, pool_id, uuid, name, address, reach_failure)
       VALUES ($1, $2, $3, $4, 'xen-2', '192.168.1.2', 'egress/timeout')`,
      [fixture.tenants.northgate, hostId, poolId, randomUUID()],
    );
  });

  it('is given, shown beside the pool’s own, and taken back', async () => {
    expect(await set('198.51.100.9')).toEqual({ address: '198.51.100.9', port: 443 });
    const pool = await getPool(fixture.deps, await olga(), { org, id: poolId });
    expect(pool.hostList).toMatchObject([
      { address: '192.168.1.2', overrideAddress: '198.51.100.9:443', reachFailure: 'egress/timeout' },
    ]);
    expect(await set(null)).toEqual({ address: null, port: null });
    expect(await lastEvents(2)).toMatchObject([
      { action: 'pool.host-address', data: { before: null, after: '198.51.100.9:443' } },
      { action: 'pool.host-address', data: { before: '198.51.100.9:443', after: null } },
    ]);
  });

  it('is refused for what is no address, for a host that is not there, and for the coordinator', async () => {
    await expect(set('a b')).rejects.toMatchObject({ code: 'pool/address' });
    await expect(set('10.0.0.9', randomUUID())).rejects.toMatchObject({ code: 'host/not-found' });
    await fixture.sql(
      `INSERT INTO host_trust (tenant_id, host_id, fingerprint_256, pem, source) VALUES ($1, $2, $3, '', 'confirmed')`,
      [fixture.tenants.northgate, hostId, NEW_PIN],
    );
    await expect(set('10.0.0.9')).rejects.toMatchObject({ code: 'pool/own-address' });
  });
});

describe('pausing a pool', () => {
  it('says first what it cuts, in numbers that name nobody', async () => {
    await addGrant(fixture, { to: 'mira', vmId, role: 'operator' });
    await addSeat(fixture, { tenant: 'acme', person: 'mira', vmId });
    expect(await poolImpact(fixture.deps, await olga(), { org, id: poolId })).toEqual({
      machines: 1,
      organisations: 1,
      consoles: 1,
      persons: 1,
      grants: 1,
      operations: 0,
    });
    const of = poolImpact(fixture.deps, await olga(), { org, id: randomUUID() });
    await expect(of).rejects.toMatchObject({ code: 'pool/not-found' });
  });

  it('takes every sealed session away and raises the epoch of each holder with its commit', async () => {
    const epoch = async () =>
      (await fixture.sql('SELECT authority_epoch::int AS at FROM tenant WHERE slug = $1', ['acme']))[0]?.at;
    const before = Number(await epoch());
    await pausePool(fixture.deps, await olga(), { org, id: poolId });
    expect(Number(await epoch())).toBeGreaterThan(before);
    expect(await row()).toMatchObject({ state: 'paused', state_reason: null });
    expect(await fixture.sql('SELECT 1 FROM host_session')).toEqual([]);
    expect(await lastEvents(1)).toMatchObject([{ action: 'pool.paused', target: { name: 'Vienna' } }]);
  });

  it('stays while account or addresses are changed, and is no second event', async () => {
    const id = poolId;
    const before = (await eventsOf(fixture, 'northgate')).length;
    await pausePool(fixture.deps, await olga(), { org, id });
    await retryPool(fixture.deps, await olga(), { org, id });
    expect(await eventsOf(fixture, 'northgate')).toHaveLength(before);
    await setPoolAccount(fixture.deps, await olga(), { org, id, username: 'u', password: 'p-canary' });
    expect(await row()).toMatchObject({ state: 'paused' });
  });

  it('ends with resuming it: the worker begins as with a new one', async () => {
    await resumePool(fixture.deps, await olga(), { org, id: poolId });
    expect(await row()).toMatchObject({ state: 'new' });
    expect(await lastEvents(1)).toMatchObject([{ action: 'pool.resumed' }]);
  });
});

describe('too many changes', () => {
  it('have to wait, since each can be a sign-in', async () => {
    for (let count = 0; count < CHANGES_PER_MINUTE; count += 1)
      await retryPool(fixture.deps, await olga(), { org, id: poolId }).catch(() => null);
    await expect(retryPool(fixture.deps, await olga(), { org, id: poolId })).rejects.toMatchObject({
      code: 'rate/limited',
    });
  });
});
