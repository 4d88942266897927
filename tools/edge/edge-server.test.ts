import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Edge, startEdge } from './edge-server.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** A portal that echoes what it was sent, and a relay that echoes frames and remembers its upgrade requests. */
async function stack(
  limits = {},
): Promise<{ edge: Edge; upgrades: IncomingMessage[]; requests: (string | undefined)[] }> {
  const portal = await listen(
    createServer((incoming, answer) => {
      if (incoming.url === '/events') {
        answer.writeHead(200, { 'content-type': 'text/event-stream' });
        answer.write('data: 1\n\n');
        return;
      }
      if (incoming.url === '/never') return;
      answer.end(JSON.stringify({ url: incoming.url, headers: incoming.headers }));
    }),
  );
  const upgrades: IncomingMessage[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const requests: (string | undefined)[] = [];
  const relayServer = createServer((incoming, answer) => {
    requests.push(incoming.url);
    answer.end();
  });
  relayServer.on('upgrade', (incoming, socket, head) => {
    upgrades.push(incoming);
    if (incoming.headers.origin === 'http://refused') socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    else
      sockets.handleUpgrade(incoming, socket, head, (ws) =>
        ws.on('message', (data) => ws.send(`echo ${data}`)),
      );
  });
  const relay = await listen(relayServer);
  const edge = await startEdge({ port: 0, portal, relays: new Map([['relay-1', relay]]), limits });
  open.push(() => edge.close());
  return { edge, upgrades, requests };
}

interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

async function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers }, (reply) => {
      let body = '';
      reply.on('data', (chunk) => {
        body += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body }));
    });
    asked.on('error', reject).end();
  });
}

/** Sends bytes as they are and returns all that came back until the end. */
async function raw(port: number, bytes: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('close', () => resolve(said)).on('error', reject);
  });
}

const upgradeHead = (path: string, host: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${more}` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

describe('requests', () => {
  it('reach the portal with our own words about the client', async () => {
    const { edge } = await stack();
    const host = `localhost:${edge.port}`;
    const reply = await get(edge.port, '/a?b=c', {
      host,
      'x-forwarded-for': '6.6.6.6',
      'x-middleware-next': '1',
    });
    const seen = JSON.parse(reply.body);
    expect(seen.url).toBe('/a?b=c');
    expect(seen.headers).toMatchObject({ host, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
    expect(seen.headers).not.toHaveProperty('x-middleware-next');
  });

  it.each(['/healthz', '/readyz', '/metrics', '/console/ws/relay-1/metrics'])(
    'for what a relay tells its operator do not reach it: %s',
    async (path) => {
      const { edge, requests } = await stack();
      const reply = await get(edge.port, path, { host: `localhost:${edge.port}` });
      // The portal, which has no such page, or nobody.
      if (reply.status === 200) expect(JSON.parse(reply.body)).toMatchObject({ url: path });
      else expect([404, 426]).toContain(reply.status);
      expect(requests).toEqual([]);
    },
  );

  it('to 127.0.0.1 are sent to localhost, and never elsewhere', async () => {
    const { edge } = await stack();
    const reply = await get(edge.port, '/acme?x=1', { host: `127.0.0.1:${edge.port}` });
    expect(reply).toMatchObject({ status: 307, headers: { location: `${edge.origin}/acme?x=1` } });
    const hostile = await get(edge.port, '//evil.example/', { host: `127.0.0.1:${edge.port}` });
    expect(hostile.headers).toMatchObject({ location: `${edge.origin}/` });
  });

  it("under a stranger's name are refused (DNS rebinding)", async () => {
    const { edge } = await stack();
    expect((await get(edge.port, '/', { host: 'evil.example' })).status).toBe(421);
  });

  it('get a sentence while the portal is away', async () => {
    const edge = await startEdge({ port: 0, portal: { host: '127.0.0.1', port: 1 }, relays: new Map() });
    open.push(() => edge.close());
    const reply = await get(edge.port, '/', { host: `localhost:${edge.port}` });
    expect(reply).toMatchObject({ status: 502, body: expect.stringContaining('Try again') });
  });

  it('get a sentence when the portal does not answer in time', async () => {
    const { edge } = await stack({ answerTimeoutMs: 50 });
    expect((await get(edge.port, '/never', { host: `localhost:${edge.port}` })).status).toBe(504);
  });

  it('that meet a kept connection which has just ended are asked once more, if they change nothing', async () => {
    // Each connection answers one request, and ends when it hears a second one.
    const heard: string[] = [];
    const portal = createTcpServer((socket) => {
      let isFirst = true;
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        heard.push(String(bytes).split(' ', 1)[0] ?? '');
        if (isFirst) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok');
        else socket.resetAndDestroy();
        isFirst = false;
      });
    });
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
    open.push(() => void portal.close());
    const address = portal.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const edge = await startEdge({ port: 0, portal: { host: '127.0.0.1', port }, relays: new Map() });
    open.push(() => edge.close());
    const { host } = new URL(edge.origin);
    expect((await get(edge.port, '/', { host })).status).toBe(200);
    expect((await get(edge.port, '/', { host })).status).toBe(200);
    expect(heard).toEqual(['GET', 'GET', 'GET']);
    const post = `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    expect(await raw(edge.port, post)).toMatch(/^HTTP\/1\.1 502 /);
    expect(heard.slice(3)).toEqual(['POST']);
  });

  it('larger than the limit are refused', async () => {
    const { edge } = await stack({ bodyBytes: 10 });
    const head = `POST / HTTP/1.1\r\nHost: localhost:${edge.port}\r\n`;
    expect(await raw(edge.port, `${head}Content-Length: 11\r\n\r\nhello world`)).toContain('413');
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n`;
    expect(await raw(edge.port, chunked)).not.toContain('200');
  });

  it('whose head never ends are cut off', async () => {
    const { edge } = await stack({ headTimeoutMs: 100 });
    expect(await raw(edge.port, 'GET / HTTP/1.1\r\nHost: loc')).toContain('408');
  });

  it('for an event stream are answered at its first word', async () => {
    const { edge } = await stack();
    const first = await new Promise<string>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: edge.port,
        path: '/events',
        headers: { host: `localhost:${edge.port}` },
      };
      const asked = request(options, (reply) => reply.once('data', (chunk) => resolve(String(chunk))));
      asked.on('error', reject).end();
      open.push(() => void asked.destroy());
    });
    expect(first).toBe('data: 1\n\n');
  });
});

describe('upgrades', () => {
  it('of a known relay are joined, without the login cookie', async () => {
    const { edge, upgrades } = await stack();
    const socket = new WebSocket(`ws://localhost:${edge.port}/console/ws/relay-1`, ['porthole.v1'], {
      origin: edge.origin,
      headers: { cookie: '__Host-porthole=secret; __Host-porthole_bind=b' },
    });
    open.push(() => socket.terminate());
    const echo = await new Promise((resolve, reject) => {
      socket.on('open', () => socket.send('hello'));
      socket.on('message', (data) => resolve(String(data)));
      socket.on('error', reject);
    });
    expect(echo).toBe('echo hello');
    expect(upgrades[0]?.headers).toMatchObject({ cookie: '__Host-porthole_bind=b', origin: edge.origin });
    const gone = new Promise((resolve) => upgrades[0]?.socket.once('close', resolve));
    socket.terminate();
    await gone;
  });

  it.each([
    '/',
    '/api/trpc/console.open',
    '/console/ws',
    '/console/ws/',
    '/console/ws/relay-2',
    '/console/ws/relay-1/',
    '/console/ws/relay-1?ticket=x',
    '/console/ws/../ws/relay-1',
    '/console/ws/relay%2D1',
    '/healthz',
    '/metrics',
    'http://localhost/console/ws/relay-1',
  ])('of %s are refused and reach nobody', async (path) => {
    const { edge, upgrades } = await stack();
    expect(await raw(edge.port, upgradeHead(path, `localhost:${edge.port}`))).toMatch(/^HTTP\/1\.1 404 /);
    expect(upgrades).toHaveLength(0);
  });

  it('under another name or to another protocol are refused', async () => {
    const { edge, upgrades } = await stack();
    expect(await raw(edge.port, upgradeHead('/console/ws/relay-1', 'evil.example'))).toContain('404');
    const h2c = upgradeHead('/console/ws/relay-1', `localhost:${edge.port}`).replace('websocket', 'h2c');
    expect(await raw(edge.port, h2c)).toContain('404');
    expect(upgrades).toHaveLength(0);
  });

  it('that a relay refuses are answered with its status', async () => {
    const { edge } = await stack();
    const head = upgradeHead('/console/ws/relay-1', `localhost:${edge.port}`, 'Origin: http://refused\r\n');
    expect(await raw(edge.port, head)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('to a relay that is away or silent end with a status', async () => {
    const silent = await listen(createServer().on('upgrade', () => undefined));
    const relays = new Map([
      ['away', { host: '127.0.0.1', port: 1 }],
      ['silent', silent],
    ]);
    const edge = await startEdge({ port: 0, portal: silent, relays, limits: { upgradeTimeoutMs: 50 } });
    open.push(() => edge.close());
    const host = `localhost:${edge.port}`;
    expect(await raw(edge.port, upgradeHead('/console/ws/away', host))).toMatch(/^HTTP\/1\.1 502 /);
    expect(await raw(edge.port, upgradeHead('/console/ws/silent', host))).toMatch(/^HTTP\/1\.1 504 /);
  });
});
