import { AppError } from '@porthole/errors';

const DEFAULT_PORT = 443;

/**
 * Reads `host`, `host:port`, `[v6]` or a bare IPv6 address as an operator types or pastes it, `https://` included. Whether the place may be spoken to
 * is for the worker's egress rules; here only its form counts: no scheme, user, path, query or fragment
 * (security.md §4.1).
 *
 * @throws AppError `pool/address`
 */
export function parsePoolAddress(text: string): { address: string; port: number } {
  const typed = text
    .trim()
    .replace(/^https:\/\//, '')
    .replace(/\/$/, '');
  const isBareIpv6 = (typed.match(/:/g)?.length ?? 0) > 1 && !typed.startsWith('[');
  const url = /[\s/?#@\\%]/.test(typed) ? null : URL.parse(`https://${isBareIpv6 ? `[${typed}]` : typed}`);
  if (url === null || url.hostname === '')
    throw new AppError({
      code: 'pool/address',
      publicMessage:
        'That isn’t an address we can use. Give a host name or an IP address, with a port if it isn’t 443.',
    });
  return {
    address: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
  };
}
