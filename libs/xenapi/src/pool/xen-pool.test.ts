import { connectPinned } from '@porthole/egress';
import { type FakePool, startFakePool } from '@porthole/fake-xenserver';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT, policyFor, targetOf } from '../testing/test-pool.ts';
import { HostIsSlaveError } from '../xenapi-error.ts';
import { membersAt, type PoolMember } from './known-members.ts';
import { hasPoolUuid } from './sign-in.ts';
import { XenPool, type XenPoolDeps } from './xen-pool.ts';

const pools: FakePool[] = [];
const clients: XenPool[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
});

async function start(hosts = 3): Promise<FakePool> {
  const vms = [{ name: 'web' }, { name: 'off', powerState: 'Halted' as const }];
  const pool = await startFakePool({ name: 'three', account: ACCOUNT, hosts, operationMs: 1, vms });
  pools.push(pool);
  return pool;
}

function poolOf(pool: FakePool, more: Partial<XenPoolDeps> & { members?: () => PoolMember[] } = {}): XenPool {
  const client = new XenPool({
    policy: policyFor(pool),
    userAgent: 'porthole-test/1',
    members: () => pool.hosts.map((_host, index) => targetOf(pool, index)),
    credentials: () => ACCOUNT,
    timeouts: { tcpMs: 2_000, tlsMs: 2_000 },
    ...more,
  });
  clients.push(client);
  return client;
}

describe('a session of a pool', () => {
  it('is made once for all who ask at the same time', async () => {
    const pool = await start();
    const client = poolOf(pool);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.call('pool.get_all')));
    expect(answers.every((answer) => Array.isArray(answer) && answer.length === 1)).toBe(true);
    expect(pool.stats().logins).toBe(1);
  });

  it('is renewed once, in silence, for all whose calls it fails', async () => {
    const pool = await start();
    const signedIn: string[] = [];
    const client = poolOf(pool, { onSignIn: (session) => signedIn.push(session.ref) });
    await client.session();
    pool.evictSessions();
    await Promise.all(Array.from({ length: 20 }, () => client.call('pool.get_all')));
    await client.call('VM.start', [pool.vm('off').ref, false, false]);
    expect(pool.stats().logins).toBe(2);
    expect(signedIn).toHaveLength(2);
  });

  it('is not renewed twice for one call', async () => {
    const pool = await start();
    const client = poolOf(pool, { onSignIn: () => pool.evictSessions() });
    await expect(client.call('pool.get_all')).rejects.toMatchObject({ code: 'xenapi/session-invalid' });
    expect(pool.stats().logins).toBe(2);
  });

  it('is asked for with an originator, and by who gives up without ending it for the others', async () => {
    const pool = await start();
    const client = poolOf(pool);
    const stop = new AbortController();
    const impatient = client.session(stop.signal);
    const patient = client.session();
    stop.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'xenapi/aborted' });
    const session = await patient;
    await expect(session.call('session.get_originator', [session.ref])).resolves.toBe(ACCOUNT.originator);
  });

  it('is tried once only where the account is refused: each try raises an alert', async () => {
    const pool = await start();
    const client = poolOf(pool, { credentials: () => ({ ...ACCOUNT, password: 'wrong' }) });
    await expect(client.session()).rejects.toMatchObject({ code: 'xenapi/session-authentication-failed' });
    expect(pool.stats().failedLogins).toBe(1);
  });

  it('ends with the pool client, and no later', async () => {
    const pool = await start();
    const client = poolOf(pool);
    await client.session();
    await client.logout();
    expect(pool.openSessions()).toBe(0);
    client.close();
    await expect(client.call('pool.get_all')).rejects.toMatchObject({ code: 'xenapi/closed' });
  });

  it('survives a lost line without another sign-in', async () => {
    const pool = await start();
    const client = poolOf(pool);
    await client.session();
    pool.rpcFault({ method: 'VM.start', times: 1 }, 'reset');
    const off = pool.vm('off');
    await expect(client.call('VM.start', [off.ref, false, false])).rejects.toMatchObject({
      code: 'xenapi/connection-lost',
    });
    expect(off.powerState).toBe('Halted');
    await client.call('VM.start', [off.ref, false, false]);
    expect(pool.stats().logins).toBe(1);
  });
});

describe('the coordinator', () => {
  it('is found through a member that names it', async () => {
    const pool = await start();
    const client = poolOf(pool, { members: () => [2, 1, 0].map((index) => targetOf(pool, index)) });
    await client.session();
    expect(client.coordinator?.port).toBe(pool.hosts[0]?.port);
  });

  it('trap 35: is found behind a bare IPv6 address, too', async () => {
    const pool = await startFakePool({ name: 'six', account: ACCOUNT, hosts: 2, address: '::1', vms: [] });
    pools.push(pool);
    const demoEndpoints = pool.hosts.map(({ port }) => `[::1]:${port}`);
    const client = poolOf(pool, {
      policy: { allowedCidrs: [], demoEndpoints, ownAddresses: [], allowedPorts: [443] },
      members: () => [targetOf(pool, 1), targetOf(pool, 0)],
    });
    await expect(client.call('pool.get_all')).resolves.toHaveLength(1);
    expect(client.coordinator).toMatchObject({ host: '::1', port: pool.hosts[0]?.port });
  });

  it('may change: calls go where HOST_IS_SLAVE points, if that is a known member', async () => {
    const pool = await start();
    const client = poolOf(pool);
    await client.session();
    pool.promote(2);
    await client.call('VM.start', [pool.vm('off').ref, false, false]);
    expect(client.coordinator?.port).toBe(pool.hosts[2]?.port);
  });

  it('may be lost: a member that took over is signed in to, and reading calls do not notice', async () => {
    const pool = await start();
    const client = poolOf(pool);
    await client.session();
    pool.failOver(1);
    await expect(client.call('pool.get_all')).resolves.toHaveLength(1);
    expect(client.coordinator?.port).toBe(pool.hosts[1]?.port);
    expect(pool.stats().logins).toBe(2);
  });

  it('is not waited for in vain: without any that answers, the likeliest one’s failure is told', async () => {
    const pool = await start();
    for (const { index } of pool.hosts) pool.setHostDown(index, true);
    await expect(poolOf(pool).session()).rejects.toMatchObject({ code: 'egress/refused' });
    await expect(poolOf(pool, { members: () => [] }).session()).rejects.toMatchObject({
      code: 'xenapi/no-member',
    });
  });

  it('is not believed to be a host that left the pool', async () => {
    const pool = await start();
    const isThisPool = hasPoolUuid(() => pool.uuid);
    const client = poolOf(pool, { isThisPool });
    await client.session();
    pool.eject(2);
    pool.setHostDown(0, true);
    pool.setHostDown(1, true);
    const ejected = targetOf(pool, 2);
    await expect(poolOf(pool, { isThisPool, members: () => [ejected] }).session()).rejects.toMatchObject({
      code: 'xenapi/another-pool',
    });
    pool.promote(1);
    pool.setHostDown(1, false);
    await expect(client.call('pool.get_all')).resolves.toHaveLength(1);
    expect(client.coordinator?.port).toBe(pool.hosts[1]?.port);
  });

  it('is told no password where another certificate answers, and that is what is reported', async () => {
    const pool = await start();
    const members = pool.hosts.map((_host, index) => targetOf(pool, index));
    await pool.swapCertificate(0);
    await expect(poolOf(pool, { members: () => members }).session()).rejects.toMatchObject({
      code: 'egress/certificate-changed',
    });
    expect(pool.stats().logins + pool.stats().failedLogins).toBe(0);
  });

  it('is never an address that a host makes up', async () => {
    const pool = await start();
    pool.nameCoordinator('127.0.0.9');
    const dialled: string[] = [];
    const client = poolOf(pool, {
      members: () => [1, 2].map((index) => targetOf(pool, index)),
      connect: (policy, target) => {
        dialled.push(`${target.host}:${target.port}`);
        return connectPinned(policy, target);
      },
    });
    const error = await client.session().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HostIsSlaveError);
    expect(error).toMatchObject({ masterAddress: '127.0.0.9' });
    expect(dialled).toEqual([1, 2].map((index) => `127.0.0.1:${pool.hosts[index]?.port}`));
    expect(pool.stats().logins).toBe(0);
  });
});

describe('the address in HOST_IS_SLAVE', () => {
  const pin = { fingerprint256: 'AA', pem: '' };
  const members: PoolMember[] = [
    { host: '192.0.2.10', port: 443, pin },
    { host: '2001:db8::10', port: 443, pin },
    { host: 'xen-3.example.com', port: 8443, pin, aliases: ['10.0.0.3'] },
  ];

  it.each([
    ['192.0.2.10', '192.0.2.10'],
    ['2001:db8::10', '2001:db8::10'],
    ['[2001:DB8:0::10]', '2001:db8::10'],
    ['XEN-3.example.com', 'xen-3.example.com'],
    ['10.0.0.3', 'xen-3.example.com'],
  ])('%s means a member', (address, host) => {
    expect(membersAt(members, address).map((member) => member.host)).toEqual([host]);
  });

  it.each([
    null,
    '',
    '192.0.2.11',
    '192.0.2.10@evil.example',
    '192.0.2.10/../evil',
    '192.0.2.10:8443',
    'evil.example',
    '192.0.2.10\r\nHost: x',
    '\u202e192.0.2.10',
  ])('%j means none', (address) => {
    expect(membersAt(members, address)).toEqual([]);
  });
});
