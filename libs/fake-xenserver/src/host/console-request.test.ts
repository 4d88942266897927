import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { connectHead, hostOf, login, openConsole, RawClient, request, result } from '../raw-client.ts';
import { TUNNEL_HEAD } from './http-answer.ts';

let pool: FakePool;
let session: string;
let operator: string;
let reader: string;

beforeAll(async () => {
  pool = await startFakePool({
    name: 'requests',
    account: { username: 'root', password: 'secret' },
    otherAccounts: [
      { username: 'op', password: 'op', role: 'vm-operator' },
      { username: 'reader', password: 'reader', role: 'read-only' },
    ],
    vms: [
      { name: 'one' },
      { name: 'on-second', residentOn: 1 },
      { name: 'off', powerState: 'Halted' },
      { name: 'paused', powerState: 'Paused' },
      { name: 'suspended', powerState: 'Suspended' },
      { name: 'no-screen', screen: null },
      { name: 'pv-off', otherConfig: { disable_pv_vnc: '0' } },
    ],
  });
  session = await login(hostOf(pool));
  operator = await login(hostOf(pool), 'op', 'op');
  reader = await login(hostOf(pool), 'reader', 'reader');
});
afterAll(() => pool.stop());

const refusal = (query: string, ref = session, host = 0) =>
  request(hostOf(pool, host), connectHead(query, ref));
const consoleOf = (name: string, protocol: string) => {
  const found = pool.vm(name).consoles.find((entry) => entry.protocol === protocol);
  if (!found) throw new Error(`${name} has no ${protocol} console`);
  return found;
};

/** Whether the request gets the exact bytes of success. */
async function isGranted(query: string, ref = session, host = 0): Promise<boolean> {
  const client = await openConsole(hostOf(pool, host), query, ref);
  await client.untilBytes(TUNNEL_HEAD.length);
  client.close();
  return client.text.startsWith(TUNNEL_HEAD);
}

describe('authentication', () => {
  it('answers 401 with a challenge without a session and with a wrong one', async () => {
    const { uuid } = pool.vm('one');
    const without = await request(hostOf(pool), `CONNECT /console?uuid=${uuid} HTTP/1.0\r\n\r\n`);
    expect(without).toMatch(/^HTTP\/1.0 401 Unauthorised\r\n/);
    expect(without).toContain('WWW-Authenticate: Basic realm="connect_console"');
    expect(await refusal(`uuid=${uuid}`, 'OpaqueRef:wrong')).toMatch(/^HTTP\/1.0 401 /);
  });

  it('takes the session from the query when there is no cookie', async () => {
    const client = await RawClient.connect(hostOf(pool));
    client.write(`CONNECT /console?uuid=${pool.vm('one').uuid}&session_id=${session} HTTP/1.0\r\n\r\n`);
    await client.untilText('HTTP/1.1 200 OK');
    client.close();
  });

  it('lets a bad cookie hide good Basic credentials, and fails Basic alone with 500', async () => {
    const basic = `Authorization: Basic ${Buffer.from('root:secret').toString('base64')}\r\n`;
    const line = `CONNECT /console?uuid=${pool.vm('one').uuid} HTTP/1.0\r\n`;
    expect(await request(hostOf(pool), `${line}${basic}Cookie: session_id=x\r\n\r\n`)).toMatch(
      /^HTTP\/1.0 401 /,
    );
    expect(await request(hostOf(pool), `${line}${basic}\r\n`)).toMatch(/^HTTP\/1.0 500 /);
  });

  it('answers 403 to a read-only account', async () => {
    expect(await refusal(`uuid=${pool.vm('one').uuid}`, reader)).toMatch(/^HTTP\/1.0 403 Forbidden/);
  });

  it('gives host consoles to pool-admin only', async () => {
    const { uuid } = pool.controlDomain(0);
    expect(await refusal(`uuid=${uuid}`, operator)).toMatch(/^HTTP\/1.0 403 Forbidden/);
    expect(await isGranted(`uuid=${uuid}`)).toBe(true);
    expect(await isGranted(`uuid=${pool.vm('one').uuid}`, operator)).toBe(true);
  });
});

describe('which console', () => {
  it('takes uuid and ref, of the VM and of the console', async () => {
    const vm = pool.vm('one');
    for (const protocol of ['rfb', 'vt100']) {
      expect(await isGranted(`uuid=${consoleOf('one', protocol).uuid}`)).toBe(true);
      expect(await isGranted(`ref=${consoleOf('one', protocol).ref}`)).toBe(true);
    }
    expect(await isGranted(`uuid=${vm.uuid}`)).toBe(true);
    expect(await isGranted(`ref=${vm.ref}`)).toBe(true);
  });

  it('gives a VM its rfb console, and 500 when it has none', async () => {
    const client = await openConsole(hostOf(pool), `ref=${pool.vm('one').ref}`, session);
    await client.untilText('RFB 003.003\n');
    client.close();
    expect(await refusal(`uuid=${pool.vm('no-screen').uuid}`)).toMatch(/^HTTP\/1.0 500 /);
    expect(await isGranted(`uuid=${consoleOf('no-screen', 'vt100').uuid}`)).toBe(true);
  });

  it('prefers uuid over ref', async () => {
    expect(await refusal(`uuid=nonsense&ref=${pool.vm('one').ref}`)).toMatch(/^HTTP\/1.0 500 /);
  });

  it('has no rfb console under disable_pv_vnc, whatever its value', () => {
    expect(pool.vm('pv-off').consoles.map((entry) => entry.protocol)).toEqual(['vt100']);
  });

  it('answers the same 500 with HTML to neither, unknown, halted, paused, suspended and another host', async () => {
    const queries = [
      '',
      'uuid=none',
      'ref=none',
      ...['off', 'paused', 'suspended'].map((n) => `uuid=${pool.vm(n).uuid}`),
    ];
    const answers = new Set(await Promise.all(queries.map((query) => refusal(query))));
    answers.add(await refusal(`uuid=${pool.vm('on-second').uuid}`));
    answers.add(await refusal(`uuid=${pool.vm('one').uuid}`, session, 1));
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^HTTP\/1.0 500 Internal Error\r\ncontent-length: /);
    expect([...answers][0]).toContain('<html>');
  });

  it('serves a VM on the member where it is resident, with the session of the master', async () => {
    expect(await isGranted(`uuid=${pool.vm('on-second').uuid}`, session, 1)).toBe(true);
  });

  it('lets error pages follow the version of the request', async () => {
    const head = connectHead('uuid=none', session, '1.1');
    expect(await request(hostOf(pool), head)).toMatch(/^HTTP\/1.1 500 /);
  });
});

describe('limit_console_sessions', () => {
  it('refuses the second connection of a VM with 503, naming the user, and frees the slot at close', async () => {
    const [poolRef] = Object.keys((await result(hostOf(pool), 'pool.get_all_records', session)) ?? {});
    await result(hostOf(pool), 'pool.set_limit_console_sessions', session, poolRef, true);
    const first = await openConsole(hostOf(pool), `uuid=${consoleOf('one', 'vt100').uuid}`, session);
    await first.untilText('200 OK');
    // xenapi.md §4.4: rfb and vt100 count together.
    const second = await refusal(`uuid=${consoleOf('one', 'rfb').uuid}`);
    expect(second).toMatch(/^HTTP\/1.0 503 Connection Limit Exceeded/);
    expect(second).toContain('root');
    expect(await isGranted(`uuid=${pool.vm('on-second').uuid}`, session, 1)).toBe(true);
    const upgrade = `GET /console?uuid=${pool.vm('no-screen').uuid} HTTP/1.1\r\nCookie: session_id=${session}\r\n`;
    expect(await request(hostOf(pool), `${upgrade}Upgrade: websocket\r\n\r\n`)).toMatch(
      /^HTTP\/1.0 503 Service Un/,
    );
    first.socket.end();
    await first.untilEnd();
    expect(await isGranted(`uuid=${pool.vm('one').uuid}`)).toBe(true);
    await result(hostOf(pool), 'pool.set_limit_console_sessions', session, poolRef, false);
    expect(await request(hostOf(pool), `${upgrade}\r\n`)).toMatch(/^HTTP\/1.0 501 Method Not Implemented/);
  });
});
