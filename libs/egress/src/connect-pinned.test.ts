import { once } from 'node:events';
import { createServer as createTcpServer, type Server } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions, connect as tlsConnect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { checkTarget } from './check-target.ts';
import { connectPinned, makeConnectPinned, trustFor } from './connect-pinned.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { probeCertificate } from './probe-certificate.ts';
import { makeTestCertificate, type TestCertificate } from './test-certificates.ts';
import { cachedContexts, MAX_CACHED_CONTEXTS, parsePin, type TlsPin } from './tls-pin.ts';

const HOUR_MS = 3_600_000;
const servers: Server[] = [];
const sockets: { destroy(): void }[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function host(certificate: TestCertificate, options: TlsOptions = {}) {
  const received: Buffer[] = [];
  const server = createServer({ ...certificate, ...options }, (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => received.push(chunk));
    socket.write('hello');
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const port = await listen(server);
  return { port, received };
}

function demo(port: number): EgressPolicy {
  return { allowedCidrs: [], demoEndpoints: [`127.0.0.1:${port}`], ownAddresses: [], allowedPorts: [443] };
}

function pinOf(certificate: TestCertificate): TlsPin {
  return { fingerprint256: certificate.fingerprint256, pem: certificate.cert };
}

function connect(port: number, certificate: TestCertificate) {
  return connectPinned(demo(port), { host: '127.0.0.1', port, pin: pinOf(certificate) });
}

describe('connectPinned', () => {
  const certificate = makeTestCertificate();

  it('gives a socket that carries bytes both ways, with the first ones kept', async () => {
    const { port, received } = await host(certificate);
    const socket = await connect(port, certificate);
    sockets.push(socket);
    expect(socket.authorized).toBe(true);
    expect(socket.expired).toBe(false);
    expect(String((await once(socket, 'data'))[0])).toBe('hello');
    socket.end('secret');
    await once(socket, 'close');
    expect(Buffer.concat(received).toString()).toBe('secret');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'refuses another certificate over %s and names both',
    async (version) => {
      const { port, received } = await host(makeTestCertificate(), {
        minVersion: version,
        maxVersion: version,
      });
      const other = await probeCertificate(demo(port), { host: '127.0.0.1', port });
      await expect(connect(port, certificate)).rejects.toMatchObject({
        code: 'egress/certificate-changed',
        details: { seen: other.fingerprint256, pinned: certificate.fingerprint256 },
      });
      expect(received).toEqual([]);
    },
  );

  it('refuses another certificate of the same name', async () => {
    const { port } = await host(makeTestCertificate({ commonName: 'same' }));
    await expect(connect(port, makeTestCertificate({ commonName: 'same' }))).rejects.toMatchObject({
      code: 'egress/certificate-changed',
    });
  });

  it('accepts an expired certificate that equals its pin, and says so', async () => {
    const expired = makeTestCertificate({
      notBefore: new Date(Date.now() - 2 * HOUR_MS),
      notAfter: new Date(Date.now() - HOUR_MS),
    });
    const { port } = await host(expired);
    const socket = await connect(port, expired);
    sockets.push(socket);
    expect(socket.expired).toBe(true);
  });

  it('refuses another certificate in the place of an expired pin', async () => {
    const times = { notBefore: new Date(Date.now() - 2 * HOUR_MS), notAfter: new Date(Date.now() - HOUR_MS) };
    for (const shown of [makeTestCertificate(times), makeTestCertificate()]) {
      const { port, received } = await host(shown);
      await expect(connect(port, makeTestCertificate(times))).rejects.toMatchObject({
        code: 'egress/certificate-changed',
        details: { seen: shown.fingerprint256 },
      });
      expect(received).toEqual([]);
    }
  });

  it('takes a leaf of a CA as its own anchor, and no other leaf of that CA', async () => {
    const issuer = makeTestCertificate({ commonName: 'CA', isAuthority: true });
    const leaf = makeTestCertificate({ commonName: 'xen-1', issuer });
    const { port } = await host({ ...leaf, cert: leaf.cert + issuer.cert });
    const socket = await connect(port, leaf);
    sockets.push(socket);
    expect(socket.authorized).toBe(true);
    const sibling = makeTestCertificate({ commonName: 'xen-1', issuer });
    for (const pinned of [sibling, issuer]) {
      await expect(connect(port, pinned)).rejects.toMatchObject({ code: 'egress/certificate-changed' });
    }
  });

  it('never resumes a session', async () => {
    const { port } = await host(certificate);
    for (let round = 0; round < 3; round += 1) {
      const socket = await connect(port, certificate);
      expect(socket.isSessionReused()).toBe(false);
      socket.destroy();
    }
  });

  it('refuses a pin whose PEM is not the one of its fingerprint', async () => {
    const pin = { fingerprint256: makeTestCertificate().fingerprint256, pem: certificate.cert };
    await expect(connectPinned(demo(1), { host: '127.0.0.1', port: 1, pin })).rejects.toMatchObject({
      code: 'egress/bad-policy',
    });
  });

  it('tells a closed port from a peer that speaks no TLS', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    await expect(connect(port, certificate)).rejects.toMatchObject({ code: 'egress/tls-failed' });
    const closed = await listen(createTcpServer());
    for (const server of servers.splice(1)) {
      server.close();
      await once(server, 'close');
    }
    await expect(connect(closed, certificate)).rejects.toMatchObject({ code: 'egress/refused' });
  });

  it('says plainly that a host is too old', async () => {
    const { port } = await host(certificate, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    await expect(connect(port, certificate)).rejects.toMatchObject({ code: 'egress/tls-too-old' });
  });

  it('gives up on an address that never answers', async () => {
    const silent = makeConnectPinned({
      checkTarget,
      trustFor,
      openSocket: (options) => tlsConnect({ ...options, host: 'silent.invalid', lookup: () => undefined }),
    });
    await expect(
      silent(demo(1), { host: '127.0.0.1', port: 1, pin: pinOf(certificate), timeouts: { tcpMs: 20 } }),
    ).rejects.toMatchObject({ code: 'egress/timeout', details: { step: 'tcp' } });
  });

  it('reads no byte of an impostor that meets an expired pin', async () => {
    const { port } = await host(makeTestCertificate());
    const expired = makeTestCertificate({
      notBefore: new Date(Date.now() - 2 * HOUR_MS),
      notAfter: new Date(Date.now() - HOUR_MS),
    });
    let read = 0;
    const onread = {
      buffer: Buffer.alloc(64),
      callback: (bytes: number) => {
        read += bytes;
        return true;
      },
    };
    const target = { host: '127.0.0.1', port, pin: pinOf(expired), onread };
    await expect(connectPinned(demo(port), target)).rejects.toMatchObject({
      code: 'egress/certificate-changed',
    });
    expect(read).toBe(0);
  });

  it('gives up on a peer that never shakes hands', async () => {
    const port = await listen(createTcpServer());
    await expect(
      connectPinned(demo(port), {
        host: '127.0.0.1',
        port,
        pin: pinOf(certificate),
        timeouts: { tlsMs: 30 },
      }),
    ).rejects.toMatchObject({ code: 'egress/timeout', details: { step: 'tls' } });
  });

  it('gives up when it is told to', async () => {
    const port = await listen(createTcpServer());
    const stop = new AbortController();
    const waiting = connectPinned(demo(port), {
      host: '127.0.0.1',
      port,
      pin: pinOf(certificate),
      signal: stop.signal,
    });
    setImmediate(() => stop.abort());
    await expect(waiting).rejects.toMatchObject({ code: 'egress/aborted' });
  });

  it('reads into the buffers of the caller', async () => {
    const { port } = await host(certificate);
    const buffer = Buffer.alloc(64);
    const first = new Promise<string>((resolve) => {
      void connectPinned(demo(port), {
        host: '127.0.0.1',
        port,
        pin: pinOf(certificate),
        onread: {
          buffer,
          callback: (bytes) => {
            resolve(buffer.toString('latin1', 0, bytes));
            return true;
          },
        },
      }).then((socket) => sockets.push(socket));
    });
    expect(await first).toBe('hello');
  });
});

describe('probeCertificate', () => {
  it('reads what a host shows and sends nothing', async () => {
    const certificate = makeTestCertificate({ commonName: 'xen-1' });
    const { port, received } = await host(certificate);
    const probed = await probeCertificate(demo(port), { host: '127.0.0.1', port });
    expect(probed).toMatchObject({
      fingerprint256: certificate.fingerprint256,
      subject: 'CN=xen-1',
      issuer: 'CN=xen-1',
      ip: '127.0.0.1',
      tlsVersion: 'TLSv1.3',
    });
    expect(received).toEqual([]);
    const socket = await connectPinned(demo(port), { host: '127.0.0.1', port, pin: probed });
    socket.destroy();
  });
});

describe('parsePin', () => {
  it('keeps one context a pin, and not without bound', () => {
    const pin = pinOf(makeTestCertificate());
    expect(parsePin(pin)).toBe(parsePin({ ...pin }));
    for (let i = 0; i < MAX_CACHED_CONTEXTS + 1; i += 1) parsePin(pinOf(makeTestCertificate()));
    expect(cachedContexts()).toBe(MAX_CACHED_CONTEXTS);
  });
});
