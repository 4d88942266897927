import { isIP } from 'node:net';
import { EgressError } from './egress-error.ts';

/** A host as one kind or the other; an IP literal is in its canonical form. */
export type Host =
  | { readonly kind: 'ip'; readonly ip: string; readonly family: 4 | 6 }
  | { readonly kind: 'name'; readonly name: string };

const MAX_NAME_LENGTH = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Brings any spelling of a host into one form, by the WHATWG URL parser: `0177.1`, `2130706433` and `①②⑦.0.0.1` are all
 * 127.0.0.1 to it, as they are to the system's resolver (security.md §4.1).
 * @throws EgressError egress/bad-address
 */
export function normaliseHost(input: string): Host {
  const bare = input.startsWith('[') && input.endsWith(']') ? input.slice(1, -1) : input;
  const written = bare.includes(':') ? `[${bare}]` : bare;
  // Characters that would end the host inside a URL, or that the parser would drop in silence.
  if (written === '' || /[\s/\\?#@%\p{Cc}]/u.test(written)) throw badAddress('host');
  const text = `https://${written}/`;
  if (!URL.canParse(text)) throw badAddress('host');
  const url = new URL(text);
  if (url.port !== '' || url.username !== '' || url.pathname !== '/') throw badAddress('host');
  return classify(url.hostname);
}

/** The host for a URL or a Host header: an IPv6 literal in brackets (xenapi.md §10.35). */
export function bracketHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

export function badAddress(reason: string, publicMessage?: string): EgressError {
  return new EgressError('egress/bad-address', {
    details: { reason },
    ...(publicMessage === undefined ? {} : { publicMessage }),
  });
}

function classify(hostname: string): Host {
  const ip = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const family = isIP(ip);
  if (family === 4 || family === 6) return { kind: 'ip', ip, family };
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  if (name.length > MAX_NAME_LENGTH || !name.split('.').every((label) => LABEL.test(label)))
    throw badAddress('name');
  return { kind: 'name', name };
}
