import { isIPv6 } from 'node:net';
import { badAddress, normaliseHost } from './host-name.ts';

const MAX_INPUT_LENGTH = 300;
const DEFAULT_PORT = 443;

/**
 * Reads what a person typed as the address of a host: `host`, `host:port`, `https://host[:port][/]`, IPv6 with or without
 * brackets. Only https, and nothing that a host and a port cannot say (security.md §4.1).
 * @returns the host in canonical form, IPv6 without brackets, and the port (443 if none was given)
 * @throws EgressError egress/bad-address, with words that say what is wrong
 */
export function parseAddress(input: string): { host: string; port: number } {
  const text = input.trim();
  if (text === '') throw badAddress('empty', 'Write the address of a host.');
  if (text.length > MAX_INPUT_LENGTH) throw badAddress('too-long', 'That address is too long.');
  if (/[\s\\\p{Cc}]/u.test(text)) {
    throw badAddress('characters', 'The address has a blank or a backslash in it.');
  }
  const rest = withoutScheme(text);
  if (rest.includes('@')) throw badAddress('userinfo', 'Leave user name and password out of the address.');
  if (rest.includes('?') || rest.includes('#') || rest.includes('/')) {
    throw badAddress('path', 'Write only the host and its port, without a path.');
  }
  const { host, port } = splitPort(rest);
  const parsed = normaliseHost(host);
  return { host: parsed.kind === 'ip' ? parsed.ip : parsed.name, port };
}

function withoutScheme(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme === null) return text;
  if (scheme[1]?.toLowerCase() !== 'https') {
    throw badAddress(
      'scheme',
      'Porthole speaks only https to a host; it never sends a password unprotected.',
    );
  }
  return text.slice(scheme[0].length).replace(/\/$/, '');
}

function splitPort(rest: string): { host: string; port: number } {
  if (isIPv6(rest)) return { host: rest, port: DEFAULT_PORT };
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/.exec(rest);
  if (match === null) throw badAddress('shape');
  const port = match[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  if (port < 1 || port > 65_535) throw badAddress('port', 'A port is a number from 1 to 65535.');
  return { host: match[1] ?? '', port };
}
