import type { IncomingMessage } from 'node:http';
import { Secret } from '@porthole/errors';
import { consoleSocketPath, ticketFromProtocols } from '@porthole/relay-contract';

/** Most headers of an upgrade (security.md §9). */
const MAX_HEADERS = 50;
const WEBSOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;
const BINDER_SHAPE = /^[A-Za-z0-9_-]{16,128}$/;

/** Why an upgrade is refused before the database is asked; outside all of them look alike. */
export type UpgradeRefusal = 'not-a-console' | 'too-many-headers' | 'other-site' | 'bad-ticket';

export type CheckedUpgrade =
  | { ok: true; ticket: Secret; binder: Secret | null; userAgent: string }
  | { ok: false; reason: UpgradeRefusal; ticket: Secret | null };

export interface UpgradeRules {
  readonly relayId: string;
  /** Exactly as browsers send them: scheme, host, port. */
  readonly origins: readonly string[];
  readonly binderCookie: string;
}

/**
 * What can be said about an upgrade from its head alone, cheapest first (security.md §2.5): method and path, the
 * WebSocket headers, Origin, the form of the ticket. Reads nothing else and changes nothing.
 */
export function checkUpgrade(rules: UpgradeRules, request: IncomingMessage): CheckedUpgrade {
  const { headers, method, url, rawHeaders } = request;
  if (rawHeaders.length / 2 > MAX_HEADERS) return refused('too-many-headers');
  if (method !== 'GET' || url !== consoleSocketPath(rules.relayId) || !isWebSocket(headers))
    return refused('not-a-console');
  const ticket = ticketFromProtocols(headers['sec-websocket-protocol']);
  const secret = ticket === null ? null : new Secret(ticket);
  // An absent Origin is no browser. Two Origin headers arrive joined by a comma and match nothing.
  if (headers.origin === undefined || !rules.origins.includes(headers.origin))
    return refused('other-site', secret);
  if (secret === null) return refused('bad-ticket');
  const binder = cookieOf(headers.cookie, rules.binderCookie);
  return {
    ok: true,
    ticket: secret,
    binder: binder !== null && BINDER_SHAPE.test(binder) ? new Secret(binder) : null,
    userAgent: headers['user-agent'] ?? '',
  };
}

function refused(reason: UpgradeRefusal, ticket: Secret | null = null): CheckedUpgrade {
  return { ok: false, reason, ticket };
}

/** Asked here too, because `ws` would answer a fault of these with a status of its own. */
function isWebSocket(headers: IncomingMessage['headers']): boolean {
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    WEBSOCKET_KEY.test(headers['sec-websocket-key'] ?? '')
  );
}

/** The value of the one cookie of that name; null where there is none, or where there are two to choose from. */
function cookieOf(header: string | undefined, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? (values[0] ?? null) : null;
}
