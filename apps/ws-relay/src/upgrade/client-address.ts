import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The address of who asks. `X-Forwarded-For` counts only from a proxy that the operator named, and there its last
 * entry, which that proxy wrote itself; all before it was sent along and proves nothing.
 */
export function clientAddress(trustedProxies: readonly string[], request: IncomingMessage): string {
  const peer = plain(request.socket.remoteAddress ?? '');
  if (!trustedProxies.includes(peer)) return peer;
  const header = request.headers['x-forwarded-for'];
  const last = plain((typeof header === 'string' ? header : '').split(',').at(-1)?.trim() ?? '');
  return isIP(last) === 0 ? peer : last;
}

function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
