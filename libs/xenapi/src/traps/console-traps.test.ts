import { once } from 'node:events';
import { connectPinned, type PinnedSocket } from '@porthole/egress';
import { type ConsoleFault, type FakePool, startFakePool } from '@porthole/fake-xenserver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkConsoleLocation } from '../check-console-location.ts';
import { type ConsoleTunnel, openConsoleTunnel } from '../console-tunnel.ts';
import { getAllRecords } from '../get-all-records.ts';
import { XenPool } from '../pool/xen-pool.ts';
import { consoleRecord, poolRecord } from '../records.ts';
import { RecordingHost } from '../testing/recording-host.ts';
import { ACCOUNT, policyFor, targetOf } from '../testing/test-pool.ts';
import type { XenSession } from '../xen-session.ts';

// The traps of xenapi.md §10 that lie on the way to a console.

let pool: FakePool;
let client: XenPool;
let session: XenSession;
const sockets: PinnedSocket[] = [];

beforeAll(async () => {
  pool = await startFakePool({
    name: 'traps',
    account: ACCOUNT,
    otherAccounts: [{ username: 'op', password: 'op', role: 'vm-operator' }],
    operationMs: 1,
    vms: [{ name: 'web' }, { name: 'elsewhere', residentOn: 1 }, { name: 'still', powerState: 'Paused' }],
  });
  client = poolOf(ACCOUNT);
  session = await client.session();
});
afterEach(() => {
  pool.consoleFault({ vm: 'web' }, null);
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  client.close();
  await pool.stop();
});

function poolOf(account: typeof ACCOUNT): XenPool {
  return new XenPool({
    policy: policyFor(pool),
    userAgent: 'porthole-test/1',
    members: () => [targetOf(pool, 0)],
    credentials: () => account,
  });
}

function refOf(vm: string, protocol = 'rfb'): string {
  return pool.vm(vm).consoles.find((one) => one.protocol === protocol)?.ref ?? '';
}

function open(host: number, consoleRef: string, sessionRef: string = session.ref): Promise<ConsoleTunnel> {
  const connect: typeof connectPinned = async (policy, target) => {
    const socket = await connectPinned(policy, target);
    sockets.push(socket);
    return socket;
  };
  return openConsoleTunnel(
    { policy: policyFor(pool), connect },
    { target: targetOf(pool, host), sessionRef, consoleRef, timeouts: { connectMs: 2_000 } },
  );
}

async function firstBytes({ head, socket }: ConsoleTunnel, count: number): Promise<string> {
  let text = Buffer.from(head).toString('latin1');
  while (text.length < count) text += String((await once(socket, 'data'))[0]);
  return text.slice(0, count);
}

/** What is written for one console, to a host that answers with a good head. */
async function requestFor(host: string, port = 443): Promise<string> {
  const recorder = new RecordingHost('HTTP/1.1 200 OK\r\n\r\n');
  const pin = { fingerprint256: '', pem: '' };
  await openConsoleTunnel(
    { policy: policyFor(pool), connect: recorder.connect },
    { target: { host, port, pin }, sessionRef: session.ref, consoleRef: refOf('web') },
  );
  return recorder.heard;
}

describe('the request', () => {
  it('trap 1: a console is asked for at the host of its machine; the coordinator does not relay', async () => {
    await expect(open(0, refOf('elsewhere'))).rejects.toMatchObject({ code: 'xenapi/tunnel-state' });
    expect(await firstBytes(await open(1, refOf('elsewhere')), 4)).toBe('RFB ');
  });

  it('trap 6: the path stands in a CONNECT of our own on a raw socket', async () => {
    expect(await requestFor('192.0.2.10')).toMatch(
      /^CONNECT \/console\?ref=OpaqueRef:[0-9a-f-]{36} HTTP\/1\.0\r\n/,
    );
  });

  it('trap 7: nothing of a browser goes along, and the head is far below 1024 bytes', async () => {
    const request = await requestFor('a-host-with-a-rather-long-name.in-some.example.com', 65_535);
    const names = request.split('\r\n').map((line) => line.split(':')[0]);
    expect(names).toEqual([expect.stringMatching(/^CONNECT/), 'Host', 'Cookie', '', '']);
    expect(request.length).toBeLessThan(512);
  });

  it('trap 8: the session is the one and only cookie', async () => {
    const cookies = (await requestFor('192.0.2.10')).match(/^Cookie: .*$/gm);
    expect(cookies).toEqual([`Cookie: session_id=${session.ref}`]);
  });

  it('trap 9: nothing with a space can get into the request line', async () => {
    for (const ref of ['OpaqueRef:aaaa aaaa', 'OpaqueRef:aaaaaaaa HTTP/1.1', 'OpaqueRef:aaaaaaaa%20'])
      await expect(open(0, ref)).rejects.toMatchObject({ code: 'xenapi/tunnel-bad-reference' });
    expect((await requestFor('192.0.2.10')).split('\r\n')[0]?.split(' ')).toHaveLength(3);
  });

  it('trap 26: xapi’s own websocket is never spoken', async () => {
    const before = pool.stats().connectAnswers;
    expect(await requestFor('192.0.2.10')).not.toMatch(/GET|Upgrade|Sec-WebSocket/i);
    await open(0, refOf('web'));
    expect(pool.stats().connectAnswers['501']).toBe(before['501']);
  });

  it('trap 35: IPv6 stands in brackets where a port could follow, and only there', async () => {
    expect(await requestFor('2001:db8::10')).toContain('\r\nHost: [2001:db8::10]\r\n');
    expect(await requestFor('2001:db8::10', 8443)).toContain('\r\nHost: [2001:db8::10]:8443\r\n');
    expect(await requestFor('192.0.2.10')).toContain('\r\nHost: 192.0.2.10\r\n');
  });
});

describe('the answer', () => {
  it('trap 3: the status line of 1.0 is as good as that of 1.1', async () => {
    pool.consoleFault({ vm: 'web' }, 'status-1.0');
    expect(await firstBytes(await open(0, refOf('web')), 12)).toBe('RFB 003.003\n');
  });

  it.each(['split-head', 'greeting-with-head', 'slow-greeting'] satisfies ConsoleFault[])(
    'trap 4: no byte behind the head is lost when it comes as %s',
    async (fault) => {
      pool.consoleFault({ vm: 'web' }, fault);
      expect(await firstBytes(await open(0, refOf('web')), 12)).toBe('RFB 003.003\n');
    },
  );

  it('trap 5: no Content-Length is waited for', async () => {
    const recorder = new RecordingHost('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nRFB 003.008\n');
    const { head } = await openConsoleTunnel(
      { policy: policyFor(pool), connect: recorder.connect },
      { target: targetOf(pool), sessionRef: session.ref, consoleRef: refOf('web') },
    );
    expect(Buffer.from(head).toString()).toBe('RFB 003.008\n');
  });

  it('trap 10: the text of a 500 goes to the log and never to a person', async () => {
    const error = await open(0, refOf('elsewhere')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      details: { text: expect.stringContaining('Console.Failure') },
      publicMessage: expect.not.stringContaining('Failure'),
    });
  });

  it('trap 22: a stale session is told as such, not as a wrong password', async () => {
    await expect(open(0, refOf('web'), 'OpaqueRef:00000000-ended')).rejects.toMatchObject({
      code: 'xenapi/tunnel-unauthorised',
      publicMessage: 'The session with the pool has ended.',
    });
  });

  it('trap 33: the place of a pool with one viewer a machine is taken by a second, and free again at its end', async () => {
    const [poolRef] = [...(await getAllRecords(client, 'pool', poolRecord)).keys()];
    await client.call('pool.set_limit_console_sessions', [poolRef, true]);
    const first = await open(0, refOf('web'));
    await expect(open(0, refOf('web', 'vt100'))).rejects.toMatchObject({ code: 'xenapi/tunnel-busy' });
    first.socket.destroy();
    while (pool.openTunnels() > 0) await new Promise((resolve) => setImmediate(resolve));
    await open(0, refOf('web', 'vt100'));
    await client.call('pool.set_limit_console_sessions', [poolRef, false]);
  });
});

describe('what a console is', () => {
  it('trap 11: references of before a migration lead nowhere; read afresh they do', async () => {
    const before = refOf('web');
    pool.migrate('web', 1);
    await expect(open(0, before)).rejects.toMatchObject({ code: 'xenapi/tunnel-state' });
    await expect(open(1, before)).rejects.toMatchObject({ code: 'xenapi/tunnel-state' });
    const now = [...(await getAllRecords(client, 'console', consoleRecord))].find(
      ([, record]) => record.VM === pool.vm('web').ref && record.protocol === 'rfb',
    );
    expect(await firstBytes(await open(1, now?.[0] ?? ''), 4)).toBe('RFB ');
    pool.migrate('web', 0);
  });

  it('trap 12: a location is judged, whether by uuid, by ref, without a host or in IPv6, and never dialled', async () => {
    pool.rewriteLocations();
    const records = await getAllRecords(client, 'console', consoleRecord);
    const locations = [...records.values()].map(({ location }) => location);
    expect(locations.every((location) => location.includes('?ref='))).toBe(true);
    const addresses = ['127.0.0.1', '2001:db8::10'];
    const ref = refOf('web');
    for (const location of [
      ...locations,
      `https:///console?ref=${ref}`,
      `https://[2001:db8::10]/console?ref=${ref}`,
    ])
      expect(checkConsoleLocation(location, addresses)).toBe('ok');
    expect(checkConsoleLocation(`https://203.0.113.9/console?ref=${ref}`, addresses)).toBe('rejected');
  });

  it('trap 13: a paused machine has consoles, and no new tunnel', async () => {
    expect(refOf('still')).not.toBe('');
    await expect(open(0, refOf('still'))).rejects.toMatchObject({ code: 'xenapi/tunnel-state' });
  });

  it('trap 15: tunnels outlive their session, and no new one is had with it', async () => {
    const own = poolOf({ ...ACCOUNT, originator: 'another tenant' });
    const { ref } = await own.session();
    const tunnel = await open(0, refOf('web'), ref);
    await firstBytes(tunnel, 12);
    await own.logout();
    await expect(open(0, refOf('web'), ref)).rejects.toMatchObject({ code: 'xenapi/tunnel-unauthorised' });
    expect(tunnel.socket.destroyed).toBe(false);
    expect(await firstBytes(await open(0, refOf('web')), 4)).toBe('RFB ');
  });

  it('trap 23: a text console has no greeting; its record says which it is before it is opened', async () => {
    const records = await getAllRecords(client, 'console', consoleRecord);
    const text = [...records].find(([, one]) => one.VM === pool.vm('web').ref && one.protocol === 'vt100');
    const tunnel = await open(0, text?.[0] ?? '');
    tunnel.socket.write('\r');
    expect(await firstBytes(tunnel, 4)).not.toBe('RFB ');
  });

  it('trap 27: each member has its own pin; one that shows another’s certificate is told nothing', async () => {
    const before = pool.stats().connects;
    const mixed = { ...targetOf(pool, 1), pin: targetOf(pool, 0).pin };
    await expect(
      openConsoleTunnel(
        { policy: policyFor(pool) },
        { target: mixed, sessionRef: session.ref, consoleRef: refOf('elsewhere') },
      ),
    ).rejects.toMatchObject({ code: 'egress/certificate-changed' });
    expect(pool.stats().connects).toBe(before);
  });

  it('trap 29: the host’s own console is refused to an account with the least rights', async () => {
    const operator = poolOf({ username: 'op', password: 'op', originator: 'porthole-test' });
    const { ref } = await operator.session();
    const dom0 = pool.controlDomain(0).consoles.find((one) => one.protocol === 'rfb')?.ref ?? '';
    await expect(open(0, dom0, ref)).rejects.toMatchObject({ code: 'xenapi/tunnel-forbidden' });
    expect(await firstBytes(await open(0, refOf('web'), ref), 4)).toBe('RFB ');
    operator.close();
  });
});
