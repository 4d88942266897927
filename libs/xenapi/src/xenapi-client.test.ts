import type { EgressPolicy } from '@porthole/egress';
import { connectPinned } from '@porthole/egress';
import { type FakePool, startFakePool } from '@porthole/fake-xenserver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { getAllRecords } from './get-all-records.ts';
import { RecordReader, UNREADABLE } from './record-reader.ts';
import { consoleRecord, hostRecord, poolRecord, vmRecord } from './records.ts';
import { watchEvents } from './watch-events.ts';
import { XenSession } from './xen-session.ts';
import { MAX_CONNECTIONS, XenApiClient } from './xenapi-client.ts';
import { HostIsSlaveError, XenApiError } from './xenapi-error.ts';

const ACCOUNT = { username: 'root', password: 'correct horse', originator: 'porthole-test' };
let pool: FakePool;
let opened = 0;
const clients: XenApiClient[] = [];

beforeAll(async () => {
  pool = await startFakePool({
    name: 'calls',
    account: ACCOUNT,
    operationMs: 1,
    vms: [{ name: 'web' }, { name: 'off', powerState: 'Halted' }, { name: 'shape', template: true }],
  });
});
afterAll(() => pool.stop());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function policy(): EgressPolicy {
  const demoEndpoints = pool.hosts.map((host) => `127.0.0.1:${host.port}`);
  return { allowedCidrs: [], demoEndpoints, ownAddresses: [], allowedPorts: [443] };
}

function clientOf(hostIndex = 0): XenApiClient {
  const host = pool.hosts[hostIndex];
  if (host === undefined) throw new Error('no such host');
  const client = new XenApiClient({
    policy: policy(),
    target: {
      host: host.address,
      port: host.port,
      pin: { fingerprint256: host.fingerprint256, pem: host.certPem },
    },
    userAgent: 'porthole-test/1',
    connect: (rules, target) => {
      opened += 1;
      return connectPinned(rules, target);
    },
  });
  clients.push(client);
  return client;
}

function signIn(): Promise<XenSession> {
  return XenSession.login(clientOf(), ACCOUNT);
}

describe('XenSession', () => {
  it('signs in, calls, and signs out', async () => {
    const session = await signIn();
    expect(session.ref).toMatch(/^OpaqueRef:/);
    await expect(session.call('VM.get_power_state', [pool.vm('web').ref])).resolves.toBe('Running');
    await session.logout();
    await expect(session.call('pool.get_all')).rejects.toMatchObject({
      code: 'xenapi/session-invalid',
      params: [],
    });
    await session.logout();
  });

  it('refuses a wrong password without repeating it anywhere', async () => {
    const wrong = { ...ACCOUNT, password: 'battery staple' };
    const error = await XenSession.login(clientOf(), wrong).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(XenApiError);
    expect(error).toMatchObject({ code: 'xenapi/session-authentication-failed' });
    expect(JSON.stringify(error)).not.toContain('battery');
  });

  it('names the master when it asked a member, and does not go there', async () => {
    const error = await XenSession.login(clientOf(1), ACCOUNT).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HostIsSlaveError);
    expect(error).toMatchObject({ code: 'xenapi/host-is-slave', masterAddress: '127.0.0.1' });
  });

  it('takes up a kept reference, and nothing else', async () => {
    const session = await signIn();
    await expect(XenSession.resume(session.client, session.ref).call('pool.get_all')).resolves.toHaveLength(
      1,
    );
    expect(() => XenSession.resume(session.client, 'OpaqueRef:a\r\nb')).toThrow(/not-xenapi/);
  });
});

describe('XenApiClient', () => {
  it('uses one connection for calls in a row, and few for many at once', async () => {
    const session = await signIn();
    opened = 0;
    for (let i = 0; i < 5; i += 1) await session.call('pool.get_all');
    expect(opened).toBe(0);
    await Promise.all(Array.from({ length: 40 }, () => session.call('pool.get_all')));
    expect(opened).toBeLessThanOrEqual(MAX_CONNECTIONS);
  });

  it('keeps the code and the parameters of a refusal', async () => {
    const session = await signIn();
    await expect(session.call('VM.get_record', ['OpaqueRef:00000000-gone'])).rejects.toMatchObject({
      xenCode: 'HANDLE_INVALID',
      params: ['VM', 'OpaqueRef:00000000-gone'],
      publicMessage: 'This no longer exists at the pool.',
    });
    await expect(session.call('VM.start', [pool.vm('web').ref, false, false])).rejects.toMatchObject({
      code: 'xenapi/vm-bad-power-state',
      publicMessage: expect.stringMatching(/running/i),
    });
  });

  it('holds an answer against its limit', async () => {
    const session = await signIn();
    await expect(session.call('VM.get_all_records', [], { maxBodyBytes: 100 })).rejects.toMatchObject({
      code: 'xenapi/body-too-large',
    });
  });

  it('gives up in time and when told to, and goes on afterwards', async () => {
    const session = await signIn();
    const waiting = (options: { timeoutMs?: number; signal?: AbortSignal }) =>
      session.call('event.from', [['pool'], '99999999999999999999,99999999999999999999', 30.1], options);
    await expect(waiting({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'xenapi/timeout' });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(waiting({ signal: stop.signal })).rejects.toMatchObject({ code: 'xenapi/aborted' });
    await expect(session.call('pool.get_all')).resolves.toHaveLength(1);
  });

  it('ends everything when it is closed', async () => {
    const session = await signIn();
    const waiting = session.call('event.from', [['pool'], '99999999999999999999,99999999999999999999', 30.1]);
    setTimeout(() => session.client.close(), 20);
    await expect(waiting).rejects.toMatchObject({
      code: expect.stringMatching(/^xenapi\/(closed|connection-lost)$/),
    });
    await expect(session.call('pool.get_all')).rejects.toMatchObject({ code: 'xenapi/closed' });
  });

  it('refuses to send what a host would not take', async () => {
    const session = await signIn();
    await expect(session.call('VM.set_name_label', ['x'.repeat(400_000)])).rejects.toMatchObject({
      code: 'xenapi/request-too-large',
    });
    expect(
      () => new XenApiClient({ policy: policy(), target: session.client.target, userAgent: 'a\r\nb' }),
    ).toThrow();
  });

  it('sends no password to a host that shows another certificate', async () => {
    const other = await startFakePool({ name: 'swap', account: ACCOUNT, vms: [] });
    const [host] = other.hosts;
    if (host === undefined) throw new Error('no host');
    const client = new XenApiClient({
      policy: { ...policy(), demoEndpoints: [`127.0.0.1:${host.port}`] },
      target: {
        host: host.address,
        port: host.port,
        pin: { fingerprint256: host.fingerprint256, pem: host.certPem },
      },
      userAgent: 'porthole-test/1',
    });
    await other.swapCertificate(0);
    await expect(XenSession.login(client, ACCOUNT)).rejects.toMatchObject({
      code: 'egress/certificate-changed',
    });
    expect(other.stats().logins + other.stats().failedLogins).toBe(0);
    await other.stop();
  });
});

describe('getAllRecords', () => {
  it('reads each class through its schema', async () => {
    const session = await signIn();
    const vms = await getAllRecords(session, 'VM', vmRecord);
    expect(
      [...vms.values()]
        .filter((vm) => !vm.is_control_domain)
        .map((vm) => vm.name_label)
        .sort(),
    ).toEqual(['off', 'shape', 'web']);
    const pools = await getAllRecords(session, 'pool', poolRecord);
    expect([...pools.values()]).toMatchObject([{ uuid: pool.uuid, limit_console_sessions: false }]);
    expect((await getAllRecords(session, 'host', hostRecord)).size).toBe(2);
    const consoles = await getAllRecords(session, 'console', consoleRecord);
    expect([...consoles.values()].map((one) => one.protocol)).toContain('rfb');
  });

  it('tells of a record that it cannot read, or refuses all', async () => {
    const session = await signIn();
    const picky = RecordReader.of({
      name_label: (value) => (String(value).endsWith('2') ? UNREADABLE : String(value)),
    });
    const unreadable: string[] = [];
    const hosts = await getAllRecords(session, 'host', picky, (ref) => unreadable.push(ref));
    expect([hosts.size, unreadable.length]).toEqual([1, 1]);
    await expect(getAllRecords(session, 'host', picky)).rejects.toMatchObject({
      code: 'xenapi/unexpected-record',
    });
  });
});

describe('watchEvents', () => {
  it('begins with everything, then waits for what changes', async () => {
    const session = await signIn();
    const first = await watchEvents(session, { classes: ['VM', 'pool'], token: '', timeoutS: 5 });
    expect(first.events.every((event) => event.operation === 'add')).toBe(true);
    expect(first.validRefCounts.get('pool')).toBe(1);
    const waiting = watchEvents(session, { classes: ['VM'], token: first.token, timeoutS: 5 });
    pool.vm('web').setPowerState('Paused');
    const second = await waiting;
    const changed = second.events.find((event) => event.ref === pool.vm('web').ref);
    expect(changed).toMatchObject({ class: 'VM', operation: 'mod' });
    expect(vmRecord.parse(changed?.snapshot).power_state).toBe('Paused');
    expect(second.token).not.toBe(first.token);
    pool.vm('web').setPowerState('Running');
  });

  it('comes back with nothing when nothing happened', async () => {
    const session = await signIn();
    const { token } = await watchEvents(session, { classes: ['pool'], token: '', timeoutS: 5 });
    await expect(watchEvents(session, { classes: ['pool'], token, timeoutS: 0.05 })).resolves.toMatchObject({
      events: [],
    });
  });

  it('ends when the session does', async () => {
    const session = await signIn();
    const { token } = await watchEvents(session, { classes: ['pool'], token: '', timeoutS: 5 });
    const waiting = watchEvents(session, { classes: ['pool'], token, timeoutS: 30 });
    setTimeout(() => pool.evictSessions(), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'xenapi/session-invalid' });
  });
});
