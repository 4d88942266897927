import { rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { connectHead, hostOf, login, openConsole, RawClient, result } from '../raw-client.ts';
import { TUNNEL_HEAD } from './http-answer.ts';

const serialPath = path.join(tmpdir(), `porthole-fan-${process.pid}.sock`);
const echo = net.createServer((socket) => socket.pipe(socket));
const serial = net.createServer();
const serialClients: net.Socket[] = [];
let pool: FakePool;
let session: string;

beforeAll(async () => {
  rmSync(serialPath, { force: true });
  serial.on('connection', (socket) => serialClients.push(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => serial.listen(serialPath, resolve));
  const address = echo.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  pool = await startFakePool({
    name: 'tunnels',
    account: { username: 'root', password: 'secret' },
    vms: [
      { name: 'builtin' },
      { name: 'echo', screen: { kind: 'tcp', host: '127.0.0.1', port: address.port }, text: null },
      { name: 'dead', screen: { kind: 'tcp', host: '127.0.0.1', port: 1 }, text: null },
      { name: 'serial', screen: null, text: { kind: 'unix', path: serialPath } },
    ],
  });
  session = await login(hostOf(pool));
});
afterAll(async () => {
  await pool.stop();
  echo.close();
  serial.close();
});

const open = (vm: string, protocol = 'rfb') => {
  const found = pool.vm(vm).consoles.find((entry) => entry.protocol === protocol);
  return openConsole(hostOf(pool), `uuid=${found?.uuid}`, session);
};

/** A console past its 200. */
async function opened(vm: string, protocol = 'rfb'): Promise<RawClient> {
  const client = await open(vm, protocol);
  expect((await client.take(TUNNEL_HEAD.length)).toString()).toBe(TUNNEL_HEAD);
  return client;
}

describe('a tunnel', () => {
  it('begins with the literal bytes of success, to HTTP/1.0 and to HTTP/1.1', async () => {
    const literal = 'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nCache-Control: no-cache, no-store\r\n\r\n';
    for (const version of ['1.0', '1.1']) {
      const client = await RawClient.connect(hostOf(pool));
      client.write(connectHead(`uuid=${pool.vm('echo').uuid}`, session, version));
      await client.untilBytes(literal.length);
      expect(client.text).toBe(literal);
      client.close();
    }
  });

  it('keeps the bytes that a client sends right behind its head', async () => {
    const client = await RawClient.connect(hostOf(pool));
    client.write(`${connectHead(`uuid=${pool.vm('echo').uuid}`, session)}behind the head`);
    await client.untilText('\r\n\r\nbehind the head');
    client.close();
  });

  it('takes a head that comes byte by byte', async () => {
    const client = await RawClient.connect(hostOf(pool));
    for (const byte of connectHead(`uuid=${pool.vm('echo').uuid}`, session)) client.write(byte);
    await client.untilText('200 OK');
    client.close();
  });

  it('carries megabytes both ways unchanged', async () => {
    const client = await opened('echo');
    const bytes = Buffer.from(Uint8Array.from({ length: 3 * 1024 * 1024 }, (_, at) => at * 7 + (at >> 9)));
    client.write(bytes);
    expect(Buffer.compare(await client.take(bytes.length), bytes)).toBe(0);
    client.close();
  });

  it('is 200 and then end of file when nothing listens behind the console', async () => {
    expect(await (await open('dead')).untilEnd()).toBe(TUNNEL_HEAD);
  });

  it('is counted until either end closes', async () => {
    const before = pool.openTunnels();
    const client = await opened('builtin');
    expect(pool.openTunnels()).toBe(before + 1);
    client.socket.end();
    await client.untilEnd();
    expect(pool.openTunnels()).toBe(before);
  });

  it('outlives the session that opened it', async () => {
    const client = await opened('echo');
    pool.evictSessions();
    client.write('still here');
    await client.untilText('still here');
    session = await login(hostOf(pool));
    client.close();
  });

  it('ends with end of file when it is cut', async () => {
    const client = await opened('echo');
    pool.cutTunnels('echo');
    expect(await client.untilEnd()).toBe('');
  });
});

describe('a serial port on a unix socket', () => {
  it('is one connection for all tunnels: output to each, input merged, nothing replayed', async () => {
    const first = await opened('serial', 'vt100');
    await first.untilText('').then(() => expect.poll(() => serialClients.length).toBe(1));
    const port = serialClients[0];
    if (!port) throw new Error('nobody connected');
    port.write('early ');
    await first.untilText('early ');
    const second = await opened('serial', 'vt100');
    let typed = '';
    port.on('data', (bytes: Buffer) => {
      typed += bytes.toString();
    });
    second.write('two');
    await expect.poll(() => typed).toBe('two');
    first.write('one');
    await expect.poll(() => typed).toBe('twoone');
    port.write('late');
    await Promise.all([first.untilText('late'), second.untilText('late')]);
    expect(first.text).toBe('early late');
    expect(second.text).toBe('late');
    expect(serialClients).toHaveLength(1);
    expect(pool.vm('serial').textTranscript()).toBe('early late');
    expect(pool.vm('serial').typedBytes()).toBe(6);
    port.destroy();
    await Promise.all([first.untilEnd(), second.untilEnd()]);
  });
});

describe('the console idle time-out', () => {
  const setTimeoutSeconds = async (seconds: number) => {
    const [poolRef] = Object.keys((await result(hostOf(pool), 'pool.get_all_records', session)) ?? {});
    await result(hostOf(pool), 'pool.set_vm_console_idle_timeout', session, poolRef, seconds);
  };

  it('cuts a silent client of RFB 3.3 without a word, but none that the watch cannot follow', async () => {
    await setTimeoutSeconds(1);
    const idle = await opened('echo');
    idle.write('RFB 003.003\n\x01');
    const newer = await opened('echo');
    newer.write('RFB 003.008\n\x01');
    await setTimeoutSeconds(0);
    expect(await idle.untilEnd()).toBe('RFB 003.003\n\x01');
    newer.write('alive');
    await newer.untilText('alive');
    newer.close();
  });
});
