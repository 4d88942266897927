import { bracketHost } from '@porthole/egress';

/** `rejected`: no host of the pool wrote this; refuse and record `pool.location_rejected`. `stale`: use `resident_on`. */
export type LocationVerdict = 'ok' | 'stale' | 'rejected';

const MAX_LOCATION_LENGTH = 512;
const QUERY = /^\?(?:uuid=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|ref=OpaqueRef:[0-9A-Za-z-]{8,64})$/i;

/**
 * Judges the `location` of a console record, which is hostile input (security.md §4.5). It is never dialled: the target is
 * built from the resident host and our own reference. An empty location, or one without a host, is what xapi writes when
 * it knows no address (xenapi.md §3.3).
 * @param location the field as the pool gave it
 * @param poolAddresses addresses of the pool's members, `host` or `host:port`
 * @param residentAddress address of the host that the VM is resident on; with it a member that merely differs is `stale`
 */
export function checkConsoleLocation(
  location: string,
  poolAddresses: readonly string[],
  residentAddress?: string,
): LocationVerdict {
  if (location === '') return 'ok';
  if (location.length > MAX_LOCATION_LENGTH || /[\s\\\p{C}]/u.test(location)) return 'rejected';
  const hostless = /^https:\/\/\/console(\?.*)$/.exec(location);
  if (hostless !== null) return QUERY.test(hostless[1] ?? '') ? 'ok' : 'rejected';
  const written = /^https:\/\/([^/?#@]+)\/console(\?[^#]*)$/.exec(location);
  const host = written === null ? null : normalise(written[1] ?? '');
  if (host === null || !QUERY.test(written?.[2] ?? '')) return 'rejected';
  if (!poolAddresses.some((address) => normalise(address) === host)) return 'rejected';
  return residentAddress === undefined || normalise(residentAddress) === host ? 'ok' : 'stale';
}

/** What was read already: a pool of 5,000 machines writes the same few addresses 10,000 times. */
const known = new Map<string, string | null>();
/** Spellings that are remembered; a hostile pool can write as many as it likes. */
export const MAX_KNOWN = 1_024;

function normalise(authority: string): string | null {
  const before = known.get(authority);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const read = readAuthority(authority);
  known.set(authority, read);
  return read;
}

/** Host and port in the form of the URL parser, so that one address has one spelling. */
function readAuthority(authority: string): string | null {
  const bare =
    authority.split(':').length > 2 && !authority.startsWith('[') ? bracketHost(authority) : authority;
  const text = `https://${bare}/`;
  return URL.canParse(text) ? new URL(text).host : null;
}
