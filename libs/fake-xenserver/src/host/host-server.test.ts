import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { hostOf, login, post, RawClient, request, rpc } from '../raw-client.ts';
import { MAX_BODY_BYTES, MAX_HEAD_BYTES } from './http-head.ts';

let pool: FakePool;
const account = { username: 'root', password: 'secret' };

beforeAll(async () => {
  pool = await startFakePool({ name: 'front', account, readTimeoutMs: 300, vms: [] });
});
afterAll(() => pool.stop());

describe('TLS', () => {
  it('shows each host its own self-signed certificate with the fingerprint of the door', async () => {
    const seen = await Promise.all(
      pool.hosts.map(async (host) => {
        const client = await RawClient.connect(host);
        const { fingerprint256, subject, subjectaltname } = client.socket.getPeerCertificate();
        client.close();
        expect(fingerprint256).toBe(host.fingerprint256);
        expect(subject.CN).toBe(host.name);
        expect(subjectaltname).toBe(`DNS:${host.name}, IP Address:127.0.0.1`);
        return fingerprint256;
      }),
    );
    expect(new Set(seen).size).toBe(2);
  });

  it('speaks TLS 1.2 with secp384r1 and refuses TLS 1.3 alone and X25519 alone', async () => {
    const client = await RawClient.connect(hostOf(pool));
    expect(client.socket.getProtocol()).toBe('TLSv1.2');
    client.close();
    await expect(RawClient.connect(hostOf(pool), { minVersion: 'TLSv1.3' })).rejects.toThrow();
    await expect(RawClient.connect(hostOf(pool), { ecdhCurve: 'X25519' })).rejects.toThrow();
  });
});

describe('request heads', () => {
  const headOf = (bytes: number) => {
    const start = 'GET / HTTP/1.0\r\nX: ';
    return `${start}${'a'.repeat(bytes - start.length - 4)}\r\n\r\n`;
  };

  it('takes a head of 1024 bytes', async () => {
    expect(await request(hostOf(pool), headOf(MAX_HEAD_BYTES))).toMatch(/^HTTP\/1.0 200 OK/);
  });

  it('answers 431 to a head of 1025 bytes, and to one that never ends', async () => {
    expect(await request(hostOf(pool), headOf(MAX_HEAD_BYTES + 1))).toMatch(
      /^HTTP\/1.1 431 Request Header Fields/,
    );
    expect(await request(hostOf(pool), 'GET / HTTP/1.1\r\nX: '.padEnd(2000, 'a'))).toMatch(/^HTTP\/1.1 431 /);
  });

  it('answers 408 to a first head that does not come to its end', async () => {
    expect(await request(hostOf(pool), 'GET / HTTP/1.1\r\n')).toMatch(/^HTTP\/1.1 408 /);
  });

  it('answers 500 with HTML to a request line of four words', async () => {
    const answer = await request(hostOf(pool), 'CONNECT /console?uuid=a b HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 500 Internal Error\r\n/);
    expect(answer).toContain('<html>');
  });
});

describe('routing', () => {
  const answerTo = (line: string) => request(hostOf(pool), `${line} HTTP/1.0\r\n\r\n`);

  it('answers 403 to CONNECT on an unknown path and 501 to an unknown method', async () => {
    expect(await answerTo('CONNECT /elsewhere')).toMatch(/^HTTP\/1.0 403 Forbidden/);
    expect(await answerTo('DELETE /')).toMatch(/^HTTP\/1.0 501 Method Not Implemented/);
  });

  it('takes /consoleX for the console', async () => {
    expect(await answerTo('CONNECT /consoleX')).toMatch(/^HTTP\/1.0 401 Unauthorised/);
  });

  it('allows every origin in a preflight', async () => {
    expect(await answerTo('OPTIONS /jsonrpc')).toContain('access-control-allow-origin: *');
  });
});

describe('calls', () => {
  it('keeps the connection of an HTTP/1.1 call for the next one', async () => {
    const client = await RawClient.connect(hostOf(pool));
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'system.listMethods', params: [], id: 'a' });
    client.write(post('/jsonrpc', body, 'keep-alive'));
    await client.untilText('"id":"a"');
    client.received = Buffer.alloc(0);
    client.write(post('/jsonrpc', body, 'close'));
    expect(await client.untilEnd()).toContain('"id":"a"');
  });

  it('answers two calls sent at once, one after the other', async () => {
    const body = (id: number) => JSON.stringify({ jsonrpc: '2.0', method: 'x.y', params: [], id });
    const answer = await request(
      hostOf(pool),
      post('/jsonrpc', body(1), 'keep-alive') + post('/jsonrpc', body(2)),
    );
    expect(answer.indexOf('"id":1')).toBeLessThan(answer.indexOf('"id":2'));
  });

  it('answers in the form of JSON-RPC 1.0 to a call of 1.0', async () => {
    const call = (method: string) =>
      request(hostOf(pool), post('/jsonrpc', JSON.stringify({ method, params: [], id: 7 })));
    expect(await call('system.listMethods')).toContain(',"error":null,"id":7}');
    expect(await call('VM.nonsense')).toContain(
      '{"result":null,"error":["MESSAGE_METHOD_UNKNOWN","VM.nonsense"],"id":7}',
    );
  });

  it('puts the code of an error into the message of JSON-RPC 2.0, with the number 1', async () => {
    expect((await rpc(hostOf(pool), 'VM.nonsense')).error).toEqual({
      code: 1,
      message: 'MESSAGE_METHOD_UNKNOWN',
      data: ['VM.nonsense'],
    });
  });

  it('answers HTTP 500 with HTML to what is no call, to a missing length and to a body above 300 KiB', async () => {
    for (const body of ['{', '[]', '{"method":"a","id":1}', '{"method":"a","params":[],"id":null}']) {
      expect(await request(hostOf(pool), post('/jsonrpc', body))).toMatch(/^HTTP\/1.1 500 Internal Error/);
    }
    expect(await request(hostOf(pool), 'POST /jsonrpc HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 500 /);
    const large = `POST /jsonrpc HTTP/1.1\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`;
    expect(await request(hostOf(pool), large)).toMatch(/^HTTP\/1.1 500 /);
  });

  it('tells the fingerprint of the master only with HOST_IS_SLAVE and only if asked', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      method: 'session.login_with_password',
      params: ['a', 'b'],
      id: 1,
    });
    const asked = post('/jsonrpc', body).replace(
      'Host: h',
      'Host: h\r\nx-xenapi-request-host-certificate-thumbprint: sha-256:master',
    );
    const answer = await request(hostOf(pool, 1), asked);
    expect(answer).toContain('HOST_IS_SLAVE');
    expect(answer).toContain(`x-xenapi-response-host-certificate-thumbprint: ${hostOf(pool).fingerprint256}`);
    expect(await request(hostOf(pool, 1), post('/jsonrpc', body))).not.toContain('thumbprint');
    expect(await request(hostOf(pool), asked)).not.toContain('thumbprint');
  });
});

describe('XML-RPC', () => {
  const call = (method: string, ...params: string[]) =>
    `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params
      .map((param) => `<param><value>${param}</value></param>`)
      .join('')}</params></methodCall>`;

  it('is spoken on every path but /jsonrpc, and shares its sessions', async () => {
    for (const path of ['/', '/RPC2', '/xmlrpc', '/json']) {
      const login_ = await request(
        hostOf(pool),
        post(path, call('session.login_with_password', '<string>root</string>', 'secret')),
      );
      expect(login_).toContain('content-type: text/xml');
      const session = /OpaqueRef:[0-9a-f-]+/.exec(login_)?.[0] ?? '';
      expect((await rpc(hostOf(pool), 'pool.get_all', session)).result).toHaveLength(1);
    }
  });

  it('writes ints as strings, dates in their own type, errors as a Failure within HTTP 200', async () => {
    const session = await login(hostOf(pool));
    const records = await request(hostOf(pool), post('/', call('VM_metrics.get_all_records', session)));
    expect(records).toMatch(/<name>VCPUs_number<\/name><value>4<\/value>/);
    expect(records).toMatch(/<dateTime.iso8601>\d{8}T\d\d:\d\d:\d\dZ<\/dateTime.iso8601>/);
    const failure = await request(hostOf(pool), post('/', call('VM.get_record', session, 'OpaqueRef:x')));
    expect(failure).toMatch(/^HTTP\/1.1 200 OK/);
    expect(failure).toContain('<name>Status</name><value>Failure</value>');
    expect(failure).toContain('<value>HANDLE_INVALID</value><value>VM</value>');
  });

  it('is what a host from before JSON-RPC answers on /jsonrpc', async () => {
    const old = await startFakePool({ name: 'old', account, hosts: 1, wire: 'xml-rpc', vms: [] });
    try {
      const answer = await request(hostOf(old), post('/jsonrpc', call('system.listMethods')));
      expect(answer).toContain('content-type: text/xml');
      const toJson = await request(hostOf(old), post('/jsonrpc', '{"method":"a","params":[],"id":1}'));
      expect(toJson).toMatch(/^HTTP\/1.1 200 OK/);
      expect(toJson).toContain('content-type: text/xml');
    } finally {
      await old.stop();
    }
  });
});
