import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import type { ConsoleFault } from '../pool-options.ts';
import { hostOf, login, openConsole, RawClient, rpc } from '../raw-client.ts';
import { TUNNEL_HEAD } from './http-answer.ts';

let pool: FakePool;
let session: string;

beforeAll(async () => {
  pool = await startFakePool({
    name: 'faults',
    account: { username: 'root', password: 'secret' },
    vms: [{ name: 'one' }, { name: 'other' }],
  });
  session = await login(hostOf(pool));
});
afterAll(() => pool.stop());

async function meet(fault: ConsoleFault): Promise<RawClient> {
  pool.consoleFault({ vm: 'one' }, fault);
  return openConsole(hostOf(pool), `uuid=${pool.vm('one').uuid}`, session);
}

/** Goes through the RFB 3.3 handshake up to ServerInit, which it gives. */
async function serverInit(client: RawClient): Promise<Buffer> {
  client.write('RFB 003.003\n');
  await client.take(TUNNEL_HEAD.length + 12 + 4);
  client.write(Buffer.of(1));
  return client.take(24);
}

describe('faults that end with an answer', () => {
  it.each<[ConsoleFault, string]>([
    ['unauthorised-401', 'HTTP/1.0 401 Unauthorised'],
    ['forbidden-403', 'HTTP/1.0 403 Forbidden'],
    ['not-found-404', 'HTTP/1.0 404 Not Found'],
    ['timeout-408', 'HTTP/1.0 408 Request Timeout'],
    ['head-431', 'HTTP/1.0 431 Request Header Fields Too Large'],
    ['internal-500', 'HTTP/1.0 500 Internal Error'],
    ['limit-503', 'HTTP/1.0 503 Connection Limit Exceeded'],
    ['websocket-503', 'HTTP/1.0 503 Service Unavailable'],
    ['redirect-302', 'HTTP/1.0 302 Found'],
  ])('%s answers %s', async (fault, statusLine) => {
    expect((await (await meet(fault)).untilEnd()).split('\r\n')[0]).toBe(statusLine);
  });

  it('eof-before-head says nothing, eof-after-200 nothing but the head', async () => {
    expect(await (await meet('eof-before-head')).untilEnd()).toBe('');
    expect(await (await meet('eof-after-200')).untilEnd()).toBe(TUNNEL_HEAD);
  });

  it('security-failed gives type 0 and its reason', async () => {
    const text = await (await meet('security-failed')).untilEnd();
    expect(text).toBe(`${TUNNEL_HEAD}RFB 003.003\n\0\0\0\0\0\0\0\x14Too many connections`);
  });
});

describe('faults that stay open', () => {
  it.each<[ConsoleFault, string]>([
    ['status-1.0', `${TUNNEL_HEAD.replace('1.1', '1.0')}RFB 003.003\n`],
    ['garbage-status', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['garbage-after-200', `${TUNNEL_HEAD}<html>`],
    ['silence-after-200', TUNNEL_HEAD],
    ['split-head', `${TUNNEL_HEAD}RFB 003.003\n`],
    ['greeting-with-head', `${TUNNEL_HEAD}RFB 003.003\n`],
    ['slow-greeting', `${TUNNEL_HEAD}RFB 003`],
  ])('%s begins as it says', async (fault, start) => {
    const client = await meet(fault);
    await client.untilBytes(start.length);
    expect(client.text.startsWith(start)).toBe(true);
    expect(client.isEnded).toBe(false);
    client.close();
  });

  it('endless-head never ends and obeys back pressure', async () => {
    const client = await meet('endless-head');
    await client.untilBytes(1024 * 1024);
    expect(client.text).not.toContain('\r\n\r\n');
    client.close();
  });

  it('never-answer says nothing', async () => {
    const client = await meet('never-answer');
    await expect.poll(() => pool.stats().connectAnswers['never-answer']).toBe(1);
    expect(client.received).toHaveLength(0);
    client.close();
  });
});

describe('hostile servers', () => {
  it('hostile-size announces 65535 x 65535', async () => {
    const init = await serverInit(await meet('hostile-size'));
    expect([init.readUInt16BE(0), init.readUInt16BE(2)]).toEqual([0xffff, 0xffff]);
  });

  it('hostile-name announces a name of 4 GiB and sends it', async () => {
    const client = await meet('hostile-name');
    expect((await serverInit(client)).readUInt32BE(20)).toBe(0xffffffff);
    await client.untilBytes(512 * 1024);
    client.close();
  });

  it('hostile-message, hostile-rectangle and cut-mid-stream break after ServerInit', async () => {
    const message = await meet('hostile-message');
    await serverInit(message);
    expect([...(await message.take(3))].slice(1)).toEqual([199, 1]);
    message.close();
    const rectangle = await meet('hostile-rectangle');
    await serverInit(rectangle);
    expect((await rectangle.take(21)).readUInt32BE(17)).toBe(0xffffffff);
    rectangle.close();
    const cut = await meet('cut-mid-stream');
    await serverInit(cut);
    await cut.untilEnd();
    expect(cut.received).toHaveLength(1 + 16 + 512);
  });
});

describe('the reach of a fault', () => {
  it('is the VM by every name of it, no other VM, and ends with null', async () => {
    pool.consoleFault({ vm: 'one' }, 'eof-after-200');
    const vm = pool.vm('one');
    for (const query of [`ref=${vm.ref}`, `uuid=${vm.consoles[0]?.uuid}`, `ref=${vm.consoles[1]?.ref}`]) {
      expect(await (await openConsole(hostOf(pool), query, session)).untilEnd()).toBe(TUNNEL_HEAD);
    }
    const other = await openConsole(hostOf(pool), `uuid=${pool.vm('other').uuid}`, session);
    await other.untilText('RFB 003.003');
    other.close();
    pool.consoleFault({ vm: 'one' }, null);
    const healed = await openConsole(hostOf(pool), `uuid=${vm.uuid}`, session);
    await healed.untilText('RFB 003.003');
    healed.close();
  });

  it('is every console of a host, but not its calls', async () => {
    pool.consoleFault({ host: 0 }, 'internal-500');
    const answer = await (
      await openConsole(hostOf(pool), `uuid=${pool.vm('other').uuid}`, session)
    ).untilEnd();
    expect(answer).toMatch(/^HTTP\/1.0 500 /);
    expect((await rpc(hostOf(pool), 'VM.get_all', session)).result).toHaveLength(4);
    pool.consoleFault({ host: 0 }, null);
  });

  it('is the whole port for refuse-tcp, which comes back on the same port', async () => {
    const { port } = hostOf(pool, 1);
    pool.consoleFault({ host: 1 }, 'refuse-tcp');
    await expect(RawClient.connect(hostOf(pool, 1))).rejects.toThrow('ECONNREFUSED');
    pool.consoleFault({ host: 1 }, null);
    const client = await RawClient.connect(hostOf(pool, 1));
    expect(hostOf(pool, 1).port).toBe(port);
    client.close();
    expect(() => pool.consoleFault({ vm: 'one' }, 'refuse-tcp')).toThrow('of a host');
  });
});
