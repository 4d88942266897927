import { bracketHost } from '@porthole/egress';

/** `rejected`: no host of the pool wrote this; refuse and record `pool.location_rejected`. `stale`: use `resident_on`. */
export type LocationVerdict = 'ok' | 'stale' | 'rejected';

const MAX_LOCATION_LENGTH = 512;
const QUERY = /^\?(?:uuid=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|ref=OpaqueRef:[0-9A-Za-z-]{8,64})$/i;

/** The forms of xenapi.md §3.3, whose host may be missing; in ASCII alone. */
const LOCATION = /^https:\/\/([!-~]*)\/console(\?[!-~]*)$/;
/** Nothing but an authority: no path, query, fragment, account, or what a URL parser reads as one of them. */
const AUTHORITY = /^[^/?#@\\]*$/;

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
  return locationJudge(poolAddresses)(location, residentAddress);
}

/** As {@link checkConsoleLocation}, for the many consoles of one pool. */
export function locationJudge(
  poolAddresses: readonly string[],
): (location: string, residentAddress?: string) => LocationVerdict {
  // A pool of 5,000 machines writes the same few spellings 10,000 times: what members are called is read once.
  const spelled = new Map(
    poolAddresses.flatMap((address) => {
      const host = readAuthority(address);
      return host === null
        ? []
        : ([
            [address, host],
            [host, host],
          ] as const);
    }),
  );
  const members = new Set(spelled.values());
  const normalise = (authority: string): string | null => spelled.get(authority) ?? readAuthority(authority);
  return (location, residentAddress) => {
    if (location === '') return 'ok';
    const written = location.length > MAX_LOCATION_LENGTH ? null : LOCATION.exec(location);
    const [, authority = '', query = ''] = written ?? [];
    if (written === null || !QUERY.test(query) || !AUTHORITY.test(authority)) return 'rejected';
    if (authority === '') return 'ok';
    const host = normalise(authority);
    if (host === null || !members.has(host)) return 'rejected';
    return residentAddress === undefined || normalise(residentAddress) === host ? 'ok' : 'stale';
  };
}

/** Host and port in the form of the URL parser, so that one address has one spelling. */
function readAuthority(authority: string): string | null {
  const bare =
    authority.split(':').length > 2 && !authority.startsWith('[') ? bracketHost(authority) : authority;
  const text = `https://${bare}/`;
  return URL.canParse(text) ? new URL(text).host : null;
}
