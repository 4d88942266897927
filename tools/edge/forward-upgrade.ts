import { type IncomingMessage, request, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Upstream } from './edge-server.ts';
import { headersForRelay, type Seen, withoutHopByHop } from './header-rules.ts';

/** A refused upgrade: a status, no body, the end of the connection. */
export function refuseUpgrade(socket: Duplex, status: 400 | 404 | 502 | 504): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export interface UpgradeInput {
  incoming: IncomingMessage;
  socket: Socket;
  /** What the browser sent behind its request head. */
  head: Buffer;
  relay: Upstream;
  seen: Seen;
  timeoutMs: number;
}

/** Hands an upgrade to a relay and, once the relay agreed, joins the two sockets until either ends. */
export function forwardUpgrade({ incoming, socket, head, relay, seen, timeoutMs }: UpgradeInput): void {
  const outgoing = request({
    ...relay,
    agent: false,
    method: 'GET',
    path: incoming.url,
    headers: headersForRelay(incoming.headers, seen),
    setHost: false,
  });
  let answered = false;
  const refuse = (status: 502 | 504): void => {
    if (answered) return;
    answered = true;
    clearTimeout(late);
    refuseUpgrade(socket, status);
    outgoing.destroy();
  };
  const late = setTimeout(() => refuse(504), timeoutMs);
  outgoing.on('error', () => refuse(502));
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    clearTimeout(late);
    outgoing.destroy();
  });
  outgoing.on('response', (reply) => {
    // A refusal of the relay reaches the browser as it was said: status and headers; its body is empty by design.
    if (answered) return;
    answered = true;
    clearTimeout(late);
    reply.resume();
    socket.end(headOf(reply, { connection: 'close', 'content-length': '0' }));
  });
  outgoing.on('upgrade', (reply, tunnel, tunnelHead) => {
    if (answered) {
      tunnel.destroy();
      return;
    }
    answered = true;
    clearTimeout(late);
    socket.write(headOf(reply, { connection: 'Upgrade', upgrade: 'websocket' }));
    if (tunnelHead.length > 0) socket.write(tunnelHead);
    if (head.length > 0) tunnel.write(head);
    join(socket, tunnel);
  });
  outgoing.end();
}

/** Both ways with back pressure; the end of one is the end of the other, whichever way it ended. */
function join(browser: Socket, relay: Duplex): void {
  browser.setNoDelay(true);
  browser.setTimeout(0);
  if ('setNoDelay' in relay && typeof relay.setNoDelay === 'function') relay.setNoDelay(true);
  browser.pipe(relay);
  relay.pipe(browser);
  browser.on('error', () => relay.destroy());
  relay.on('error', () => browser.destroy());
  browser.on('close', () => relay.destroy());
  relay.on('close', () => browser.destroy());
}

function headOf(reply: IncomingMessage, own: Record<string, string>): string {
  const { 'content-length': _length, ...kept } = withoutHopByHop(reply.headers);
  const lines = Object.entries({ ...kept, ...own }).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}`),
  );
  const status = reply.statusCode ?? 502;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`;
}
