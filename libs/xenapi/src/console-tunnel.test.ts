import { once } from 'node:events';
import { connectPinned, type EgressPolicy, type PinnedSocket } from '@porthole/egress';
import { type ConsoleFault, type FakePool, startFakePool } from '@porthole/fake-xenserver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleTunnel, openConsoleTunnel } from './console-tunnel.ts';
import { XenTunnelError } from './tunnel-error.ts';
import { XenSession } from './xen-session.ts';
import { XenApiClient } from './xenapi-client.ts';

const ACCOUNT = { username: 'root', password: 'secret', originator: 'porthole-test' };
let pool: FakePool;
let session: XenSession;
const sockets: PinnedSocket[] = [];

beforeAll(async () => {
  pool = await startFakePool({
    name: 'tunnels',
    account: ACCOUNT,
    vms: [{ name: 'web' }, { name: 'off', powerState: 'Halted' }],
  });
  session = await XenSession.login(
    new XenApiClient({ policy: policy(), target: targetOf(0), userAgent: 'porthole-test/1' }),
    ACCOUNT,
  );
});
afterEach(async () => {
  pool.consoleFault({ vm: 'web' }, null);
  pool.consoleFault({ host: 0 }, null);
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  session.client.close();
  await pool.stop();
});

function policy(): EgressPolicy {
  const demoEndpoints = pool.hosts.map((host) => `127.0.0.1:${host.port}`);
  return { allowedCidrs: [], demoEndpoints, ownAddresses: [], allowedPorts: [443] };
}

function targetOf(index: number) {
  const host = pool.hosts[index];
  if (host === undefined) throw new Error('no such host');
  return {
    host: host.address,
    port: host.port,
    pin: { fingerprint256: host.fingerprint256, pem: host.certPem },
  };
}

function consoleRef(protocol: 'rfb' | 'vt100', vm = 'web'): string {
  return pool.vm(vm).consoles.find((one) => one.protocol === protocol)?.ref ?? 'OpaqueRef:none-of-these';
}

function open(input: Partial<Parameters<typeof openConsoleTunnel>[1]> = {}): Promise<ConsoleTunnel> {
  return openConsoleTunnel(
    {
      policy: policy(),
      connect: async (rules, target) => {
        const socket = await connectPinned(rules, target);
        sockets.push(socket);
        return socket;
      },
    },
    { target: targetOf(0), sessionRef: session.ref, consoleRef: consoleRef('rfb'), ...input },
  );
}

async function firstBytes(tunnel: ConsoleTunnel, count: number): Promise<string> {
  let text = Buffer.from(tunnel.head).toString('latin1');
  while (text.length < count) {
    const [chunk] = await once(tunnel.socket, 'data');
    text += String(chunk);
  }
  return text.slice(0, count);
}

describe('openConsoleTunnel', () => {
  it('reaches the graphical console and loses no byte of its greeting', async () => {
    expect(await firstBytes(await open(), 12)).toMatch(/^RFB 003\.00[38]\n$/);
  });

  it.each(['split-head', 'greeting-with-head', 'status-1.0', 'slow-greeting'] as const)(
    'loses none if the host answers with %s',
    async (fault) => {
      pool.consoleFault({ vm: 'web' }, fault);
      expect(await firstBytes(await open(), 12)).toBe('RFB 003.003\n');
    },
  );

  it('carries text both ways', async () => {
    const tunnel = await open({ consoleRef: consoleRef('vt100') });
    tunnel.socket.write('echo porthole\r');
    await new Promise<void>((resolve) => {
      let seen = '';
      tunnel.socket.on('data', (chunk) => {
        seen += String(chunk);
        if (seen.includes('porthole')) resolve();
      });
    });
    expect(pool.vm('web').typedBytes()).toBeGreaterThan(0);
  });

  it.each([
    ['unauthorised-401', 'xenapi/tunnel-unauthorised'],
    ['forbidden-403', 'xenapi/tunnel-forbidden'],
    ['not-found-404', 'xenapi/tunnel-not-found'],
    ['internal-500', 'xenapi/tunnel-state'],
    ['limit-503', 'xenapi/tunnel-busy'],
    ['websocket-503', 'xenapi/tunnel-busy'],
    ['timeout-408', 'xenapi/tunnel-status'],
    ['head-431', 'xenapi/tunnel-status'],
    ['redirect-302', 'xenapi/tunnel-status'],
    ['garbage-status', 'xenapi/tunnel-garbage'],
    ['endless-head', 'xenapi/tunnel-head-too-large'],
    ['never-answer', 'xenapi/tunnel-timeout'],
    ['eof-before-head', 'xenapi/tunnel-lost'],
  ] satisfies ReadonlyArray<readonly [ConsoleFault, string]>)(
    'answers %s with %s and leaves no socket',
    async (fault, code) => {
      pool.consoleFault({ vm: 'web' }, fault);
      const error = await open({ timeouts: { connectMs: 300 } }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(XenTunnelError);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error)).not.toContain(session.ref);
      expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
    },
  );

  it('tells a host that does not listen from one that refuses', async () => {
    pool.consoleFault({ host: 0 }, 'refuse-tcp');
    await expect(open()).rejects.toMatchObject({ code: expect.stringMatching(/^egress\//) });
  });

  it('gives the tunnel even if the console ends at once: only its reader can tell', async () => {
    pool.consoleFault({ vm: 'web' }, 'eof-after-200');
    const { socket } = await open();
    socket.resume();
    await once(socket, 'end');
  });

  it('is told by xapi that a machine is off, or on another host, with one and the same answer', async () => {
    await expect(open({ target: targetOf(1) })).rejects.toMatchObject({ code: 'xenapi/tunnel-state' });
    await expect(open({ consoleRef: 'OpaqueRef:00000000-0000' })).rejects.toMatchObject({
      code: 'xenapi/tunnel-state',
    });
  });

  it('is refused with a session that has ended', async () => {
    await expect(open({ sessionRef: 'OpaqueRef:00000000-ended' })).rejects.toMatchObject({
      code: 'xenapi/tunnel-unauthorised',
    });
  });

  it.each(['OpaqueRef:x', 'OpaqueRef:aaaaaaaa; other=1', 'OpaqueRef:aaaaaaaa\r\nX: y', ''])(
    'writes nothing for the reference %j',
    async (bad) => {
      const before = pool.stats().tlsConnections;
      await expect(open({ sessionRef: bad })).rejects.toMatchObject({ code: 'xenapi/tunnel-bad-reference' });
      await expect(open({ consoleRef: bad })).rejects.toMatchObject({ code: 'xenapi/tunnel-bad-reference' });
      expect(pool.stats().tlsConnections).toBe(before);
    },
  );

  it('gives up when told to', async () => {
    pool.consoleFault({ vm: 'web' }, 'never-answer');
    const stop = new AbortController();
    const opening = expect(open({ signal: stop.signal })).rejects.toMatchObject({
      code: 'xenapi/tunnel-aborted',
    });
    await expect.poll(() => sockets.length).toBe(1);
    stop.abort();
    await opening;
    expect(sockets.map((socket) => socket.destroyed)).toEqual([true]);
  });
});
