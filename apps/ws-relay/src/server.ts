import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS, MAX_CLIENT_MESSAGE_BYTES, SUBPROTOCOL } from '@porthole/relay-contract';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CheckedUpgrade } from './upgrade/check-upgrade.ts';
import { clientAddress } from './upgrade/client-address.ts';
import { HeadlessConnections } from './upgrade/headless-connections.ts';
import { type RefusalStatus, refuseUpgrade } from './upgrade/refuse-upgrade.ts';
import { UpgradeLimits } from './upgrade/upgrade-limits.ts';

/** Parts that one message may come in, and chunks that may wait (security.md §9). */
export const MAX_FRAGMENTS = 64;
export const MAX_BUFFERED_CHUNKS = 4_096;
/** The text form of Prometheus. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** How often it is looked for heads that are late; times are kept as exactly as this. */
const CHECK_CONNECTIONS_EVERY_MS = 500;

/** A browser after 101: its WebSocket, and the connection under it. */
export interface Browser {
  readonly socket: WebSocket;
  readonly connection: Duplex;
}

/** One upgrade that passed the checks of its head and waits for `accept` or `refuse`. */
export interface WaitingUpgrade {
  readonly address: string;
  readonly checked: Extract<CheckedUpgrade, { ok: true }>;
  /** 101. @returns null where the browser has gone or the time was over, and nothing was said */
  accept(): Browser | null;
  refuse(status: RefusalStatus): void;
}

export interface RefusedUpgrade {
  readonly address: string;
  readonly userAgent: string;
  readonly checked: Extract<CheckedUpgrade, { ok: false }>;
}

export interface RelayServerDeps {
  readonly check: (request: IncomingMessage) => CheckedUpgrade;
  readonly trustedProxies: readonly string[];
  /** Sees one upgrade through; must not throw. */
  readonly open: (upgrade: WaitingUpgrade) => void;
  /** Hears of an upgrade that its head alone refused. */
  readonly refused: (refusal: RefusedUpgrade) => void;
  /** False while no new console may open: draining, or nothing can be recorded. */
  readonly isOpen: () => boolean;
  readonly isReady: () => boolean;
  /** What the operator's scraper reads. */
  readonly metrics?: () => Promise<string>;
  /** Hears how each upgrade was answered. */
  readonly answered?: (status: 101 | RefusalStatus) => void;
  readonly limits?: UpgradeLimits;
  /** How long an upgrade may take from its first byte to its answer, in milliseconds; only gates and tests give another. */
  readonly upgradeTimeoutMs?: number;
}

/**
 * The one listener of the relay: upgrades of consoles, and three questions of the operator. Before a valid ticket it
 * answers 401, 431 or 503 without a body (architecture §7); slow and half-open upgrades are cut by their time.
 */
export function createRelayServer(deps: RelayServerDeps): Server {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    handleProtocols: () => SUBPROTOCOL,
  });
  const limits = deps.limits ?? new UpgradeLimits();
  const headless = new HeadlessConnections();
  const timeoutMs = deps.upgradeTimeoutMs ?? LIMITS.upgradeTimeoutMs;
  const server = createServer({
    maxHeaderSize: LIMITS.upgradeHeadBytes,
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    keepAliveTimeout: timeoutMs,
    connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS,
  });
  server.maxConnections = LIMITS.seatsPerRelay + LIMITS.pendingUpgrades;
  server.on('connection', (connection) => headless.enter(connection));
  const refuse = (socket: Duplex, status: RefusalStatus) => {
    deps.answered?.(status);
    refuseUpgrade(socket, status);
  };
  server.on('request', (request, response) => {
    if (request.method === 'GET' && request.url === '/metrics' && deps.metrics !== undefined) {
      void answerMetrics(deps.metrics, response);
      return;
    }
    const status = request.method === 'GET' ? statusOf(deps, request.url) : 401;
    response.writeHead(status, { connection: 'close', 'content-length': 0 }).end();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'HPE_HEADER_OVERFLOW') refuse(socket, 431);
    else socket.destroy();
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    headless.leave(socket);
    const address = clientAddress(deps.trustedProxies, request);
    const leave = deps.isOpen() ? limits.enter(address) : null;
    if (leave === null) {
      refuse(socket, 503);
      return;
    }
    socket.once('close', leave);
    const checked = deps.check(request);
    if (!checked.ok) {
      refuse(socket, checked.reason === 'too-many-headers' ? 431 : 401);
      deps.refused({ address, userAgent: request.headers['user-agent'] ?? '', checked });
      return;
    }
    const pending = { request, socket, head, leave, timeoutMs, deps };
    deps.open(waitingUpgrade(webSockets, pending, address, checked));
  });
  return server;
}

function waitingUpgrade(
  webSockets: WebSocketServer,
  pending: {
    request: IncomingMessage;
    socket: Duplex;
    head: Buffer;
    leave: () => void;
    timeoutMs: number;
    deps: Pick<RelayServerDeps, 'answered'>;
  },
  address: string,
  checked: Extract<CheckedUpgrade, { ok: true }>,
): WaitingUpgrade {
  const { request, socket, head, leave, timeoutMs, deps } = pending;
  let answered = false;
  const answer = (): boolean => {
    if (answered) return false;
    answered = true;
    clearTimeout(timer);
    leave();
    return true;
  };
  const refuse = (status: RefusalStatus) => {
    if (!answer()) return;
    deps.answered?.(status);
    refuseUpgrade(socket, status);
  };
  // Without a time (a proof has none) it waits for ever.
  const timer = timeoutMs > 0 ? setTimeout(() => refuse(503), timeoutMs) : undefined;
  return {
    address,
    checked,
    refuse,
    accept: () => {
      if (!answer()) return null;
      let accepted: WebSocket | null = null;
      // Calls back before it returns, or not at all where the browser has gone.
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        accepted = webSocket;
      });
      if (accepted === null) return null;
      deps.answered?.(101);
      return { socket: accepted, connection: socket };
    },
  };
}

async function answerMetrics(metrics: () => Promise<string>, response: ServerResponse): Promise<void> {
  try {
    const text = await metrics();
    response.writeHead(200, { connection: 'close', 'content-type': METRICS_TYPE }).end(text);
  } catch {
    response.writeHead(500, { connection: 'close', 'content-length': 0 }).end();
  }
}

function statusOf(deps: RelayServerDeps, url: string | undefined): number {
  if (url === '/healthz') return 200;
  if (url === '/readyz') return deps.isReady() ? 200 : 503;
  return 401;
}
