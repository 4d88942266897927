import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FETCH_MAX_BYTES, makeFetch } from './make-fetch.ts';
import { makeTestCertificate } from './test-certificates.ts';

const authority = makeTestCertificate({ commonName: 'authority.test', isAuthority: true });
const leaf = makeTestCertificate({ commonName: 'issuer.test', issuer: authority, isOfLoopback: true });
const other = makeTestCertificate({ commonName: 'authority.test', isAuthority: true });
const open = { allowedCidrs: [], ownAddresses: [], allowedPorts: [443] };
let server: Server;
let port: number;
const heard: { path: string; host: string; body: string }[] = [];

beforeAll(async () => {
  server = createServer({ cert: leaf.cert, key: leaf.key }, (asked, answer) => {
    const parts: Buffer[] = [];
    asked.on('data', (part: Buffer) => parts.push(part));
    asked.on('end', () => {
      heard.push({
        path: asked.url ?? '',
        host: asked.headers.host ?? '',
        body: Buffer.concat(parts).toString(),
      });
      if (asked.url === '/moved') return answer.writeHead(302, { location: 'https://127.0.0.1:1/' }).end();
      if (asked.url === '/endless') return answer.end(Buffer.alloc(FETCH_MAX_BYTES + 1));
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );
const here = () => ({ ...open, demoEndpoints: [`127.0.0.1:${port}`] });

describe('fetch through the door', () => {
  it.each([
    'https://127.0.0.1/',
    'https://0177.1/',
    'https://[::1]/',
    'https://10.0.0.8/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:10.0.0.1]/',
  ])('does not reach inside: %s', async (url) => {
    expect(await codeOf(makeFetch({ ...open, demoEndpoints: [] })(url))).toBe('egress/address-not-allowed');
  });

  it('refuses a name of which one answer is inside, other ports, and plain http', async () => {
    const resolve = async () => ['192.0.2.1', '10.0.0.1'];
    const call = makeFetch({ ...open, demoEndpoints: [], resolve });
    expect(await codeOf(call('https://issuer.example/'))).toBe('egress/address-not-allowed');
    expect(await codeOf(call('https://192.0.2.1:8443/'))).toBe('egress/address-not-allowed');
    expect(await codeOf(call('http://192.0.2.1/'))).toBe('egress/bad-address');
    expect(await codeOf(call('https://user:pass@192.0.2.1/'))).toBe('egress/bad-address');
  });

  it('wants a certificate that somebody vouches for, of that very name', async () => {
    expect(await codeOf(makeFetch(here())(`https://127.0.0.1:${port}/`))).toBe('egress/tls-failed');
    const stranger = makeFetch(here(), { authorities: [other.cert] });
    expect(await codeOf(stranger(`https://127.0.0.1:${port}/`))).toBe('egress/tls-failed');
    expect(heard).toEqual([]);
  });

  it('calls with method, path, headers and body, and gives the answer as it is', async () => {
    const call = makeFetch(here(), { authorities: [authority.cert] });
    const answer = await call(`https://127.0.0.1:${port}/token?a=1`, { method: 'POST', body: 'code=x' });
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      { ok: true },
    ]);
    expect(heard).toEqual([{ path: '/token?a=1', host: `127.0.0.1:${port}`, body: 'code=x' }]);
  });

  it('follows no redirect, and reads no answer without an end', async () => {
    const call = makeFetch(here(), { authorities: [authority.cert] });
    expect((await call(`https://127.0.0.1:${port}/moved`)).status).toBe(302);
    expect(await codeOf(call(`https://127.0.0.1:${port}/endless`))).toBe('egress/too-long');
  });

  it('says that nobody answers', async () => {
    const silent = { ...open, demoEndpoints: ['127.0.0.1:1'] };
    expect(await codeOf(makeFetch(silent)('https://127.0.0.1:1/'))).toBe('egress/refused');
  });
});
