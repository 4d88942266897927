import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { forwardUpgrade, refuseUpgrade } from './forward-upgrade.ts';
import { headersForPortal, type Seen, withoutHopByHop } from './header-rules.ts';

/** All time and size limits of the edge; the proxy of docker-compose.yml has the same. */
export const EDGE_LIMITS = {
  headTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  answerTimeoutMs: 60_000,
  upgradeTimeoutMs: 10_000,
  /** An idle connection to the portal; the portal keeps its end for longer. */
  idleToPortalMs: 30_000,
  headBytes: 16_384,
  bodyBytes: 1_048_576,
} as const;

export interface Upstream {
  host: string;
  port: number;
}

export interface EdgeOptions {
  /** The port that browsers use, on localhost. 0 takes a free one. */
  port: number;
  portal: Upstream;
  /** The relays that exist, by id; every other path of a socket is refused. */
  relays: ReadonlyMap<string, Upstream>;
  /** Lets the reload socket of `next dev` through; nothing else of the portal is ever upgraded. */
  dev?: boolean;
  limits?: Partial<Record<keyof typeof EDGE_LIMITS, number>>;
}

export interface Edge {
  port: number;
  origin: string;
  close(): Promise<void>;
}

/**
 * The one origin (architecture §1): `/` is the portal, an upgrade of `/console/ws/<relay>` goes to that relay, every
 * other upgrade is refused. Listens on loopback alone.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const limits = { ...EDGE_LIMITS, ...options.limits };
  const agent = new Agent({ keepAlive: true, timeout: limits.idleToPortalMs });
  const sockets = new Set<Socket>();
  let origin = '';
  const handle = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const host = new URL(origin).host;
    if (!isOwnHost(incoming, answer, host, origin)) return;
    if (incoming.url?.startsWith('/console/ws')) {
      plain(answer, 426, 'Consoles are opened as WebSockets.');
      return;
    }
    forward(incoming, answer, { ip: peerOf(incoming), host });
  };
  const forward = (incoming: IncomingMessage, answer: ServerResponse, seen: Seen, isAgain = false): void => {
    if (Number(incoming.headers['content-length'] ?? 0) > limits.bodyBytes) {
      plain(answer, 413, 'The request is too large.');
      return;
    }
    const outgoing = request({
      ...options.portal,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: headersForPortal(incoming.headers, seen),
      setHost: false,
    });
    const late = setTimeout(() => outgoing.destroy(new Error('late')), limits.answerTimeoutMs);
    outgoing.on('response', (reply) => {
      clearTimeout(late);
      answer.writeHead(reply.statusCode ?? 502, withoutHopByHop(reply.headers));
      // An event stream says its first word long after its head.
      answer.flushHeaders();
      reply.pipe(answer);
      reply.on('error', () => answer.destroy());
    });
    outgoing.on('error', (error) => {
      clearTimeout(late);
      if (answer.headersSent) answer.destroy();
      // A kept connection may have ended while the request was on its way: what changes nothing is asked once more.
      else if (outgoing.reusedSocket && !isAgain && isHarmless(incoming) && !answer.destroyed)
        forward(incoming, answer, seen, true);
      else if (error.message === 'late') plain(answer, 504, 'Porthole took too long to answer. Try again.');
      else plain(answer, 502, 'Porthole is starting or restarting. Try again in a moment.');
    });
    answer.on('close', () => {
      clearTimeout(late);
      // A whole answer leaves its connection to the next request; a browser that went away ends the work.
      if (!answer.writableFinished) outgoing.destroy();
    });
    let received = 0;
    incoming.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received <= limits.bodyBytes) return;
      outgoing.destroy();
      incoming.destroy();
    });
    incoming.pipe(outgoing);
  };
  const upgrade = (incoming: IncomingMessage, socket: Socket, head: Buffer): void => {
    const { host } = new URL(origin);
    const relay =
      relayFor(incoming, options.relays) ??
      (options.dev === true ? reloadOf(incoming, options.portal) : null);
    if (relay === null || incoming.headers.host !== host) refuseUpgrade(socket, 404);
    else
      forwardUpgrade({
        incoming,
        socket,
        head,
        relay,
        seen: { ip: peerOf(incoming), host },
        timeoutMs: limits.upgradeTimeoutMs,
      });
  };
  const listenOn = async (host: string, port: number): Promise<Server> => {
    const server = createServer(
      {
        headersTimeout: limits.headTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        connectionsCheckingInterval: Math.min(1_000, limits.headTimeoutMs),
        maxHeaderSize: limits.headBytes,
      },
      handle,
    );
    server.on('upgrade', upgrade);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return server;
  };
  const first = await listenOn('127.0.0.1', options.port);
  const port = portOf(first);
  origin = `http://localhost:${port}`;
  // Browsers try ::1 first for localhost; a machine without IPv6 does without.
  const second = await listenOn('::1', port).catch(() => null);
  return {
    port,
    origin,
    close: async () => {
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      for (const server of [first, second])
        if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isHarmless({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the edge does not listen on a port');
  return address.port;
}

/** Answers whoever came under another name: cookies and the check of Origin hold for one name only. */
function isOwnHost(incoming: IncomingMessage, answer: ServerResponse, host: string, origin: string): boolean {
  const asked = incoming.headers.host;
  if (asked === host) return true;
  const isLoopback = asked !== undefined && /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?$/.test(asked);
  if (isLoopback && (incoming.method === 'GET' || incoming.method === 'HEAD')) {
    answer.writeHead(307, { location: origin + pathOf(incoming), 'cache-control': 'no-store' }).end();
  } else {
    plain(answer, 421, `Porthole answers at ${origin} only.`);
  }
  return false;
}

/** The path alone: `GET http://elsewhere/` must not become a redirect to elsewhere. */
function pathOf(incoming: IncomingMessage): string {
  const url = incoming.url ?? '/';
  return url.startsWith('/') && !url.startsWith('//') ? url : '/';
}

function peerOf(incoming: IncomingMessage): string {
  return (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function plain(answer: ServerResponse, status: number, sentence: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  answer.end(`${sentence}\n`);
}

/** Exactly `/console/ws/<id>` of a relay we know: no query, no encoding, no dots. */
function relayFor(incoming: IncomingMessage, relays: ReadonlyMap<string, Upstream>): Upstream | null {
  const isSocket = incoming.method === 'GET' && incoming.headers.upgrade?.toLowerCase() === 'websocket';
  const id = /^\/console\/ws\/([a-z0-9-]{1,64})$/.exec(incoming.url ?? '')?.[1];
  return isSocket && id !== undefined ? (relays.get(id) ?? null) : null;
}

function reloadOf(incoming: IncomingMessage, portal: Upstream): Upstream | null {
  return incoming.url?.startsWith('/_next/') === true ? portal : null;
}
