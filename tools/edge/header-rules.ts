import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** RFC 9110 §7.6.1, and what only ever speaks to a proxy. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Words that an app believes when its proxy says them, so nobody else may (security.md §1). */
const PROXY_WORDS = /^(?:x-forwarded-.*|x-real-ip|x-middleware-.*|forwarded)$/;

/** All that a console socket needs from a browser; a closed list. */
const SOCKET_HEADERS = [
  'origin',
  'user-agent',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
] as const;

const BINDER_COOKIE = '__Host-porthole_bind';

/** What the edge itself knows about a request. */
export interface Seen {
  /** Address of the peer. */
  ip: string;
  /** The one name we answer to, `localhost:4000`. */
  host: string;
}

/** The headers of a request as the portal gets them. */
export function headersForPortal(headers: IncomingHttpHeaders, seen: Seen): OutgoingHttpHeaders {
  const kept = withoutHopByHop(headers);
  for (const name of Object.keys(kept)) if (PROXY_WORDS.test(name)) delete kept[name];
  // A chunked body stays one: Node would send it without any framing on methods that rarely carry one.
  if (headers['transfer-encoding'] !== undefined) kept['transfer-encoding'] = 'chunked';
  return { ...kept, ...proxyWords(seen) };
}

/** The headers of an upgrade as the relay gets them: the login cookie stays behind (security.md §2.3). */
export function headersForRelay(headers: IncomingHttpHeaders, seen: Seen): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = { connection: 'Upgrade', upgrade: 'websocket' };
  for (const name of SOCKET_HEADERS) if (headers[name] !== undefined) kept[name] = headers[name];
  const binder = binderCookie(headers.cookie);
  if (binder !== null) kept.cookie = binder;
  return { ...kept, ...proxyWords(seen) };
}

/** The headers of an answer as the browser gets them. */
export function withoutHopByHop(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.includes(name)),
  );
}

function proxyWords({ ip, host }: Seen): OutgoingHttpHeaders {
  return { host, 'x-forwarded-for': ip, 'x-forwarded-host': host, 'x-forwarded-proto': 'http' };
}

function binderCookie(header: string | undefined): string | null {
  const cookies = (header ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${BINDER_COOKIE}=`)) ?? null;
}
