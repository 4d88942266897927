import type { XenTarget } from '../xenapi-connection.ts';

/** A member of a pool that holds a pin: it may be asked, and told the password. */
export interface PoolMember extends XenTarget {
  /** Other addresses under which the pool knows it, where the one dialled is not its own (address translation). */
  readonly aliases?: readonly string[];
}

/** One text for one place to dial. */
export function memberKey({ host, port, pin }: PoolMember): string {
  return `${normalHost(host) ?? host} ${port} ${pin.fingerprint256}`;
}

/**
 * The members that an address of HOST_IS_SLAVE may mean. The address is hostile input: it is compared and never dialled; what
 * is dialled is the member's own target.
 * @param address a bare IP, IPv6 without brackets, or a name (xenapi.md §2.1)
 */
export function membersAt(members: readonly PoolMember[], address: string | null): PoolMember[] {
  const wanted = address === null ? null : normalHost(address);
  if (wanted === null) return [];
  return members.filter(({ host, aliases = [] }) =>
    [host, ...aliases].some((name) => normalHost(name) === wanted),
  );
}

/** One spelling for one host; null for what is none. */
function normalHost(text: string): string | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (bare === '' || /[\s/\\?#@%\p{C}]/u.test(bare)) return null;
  const url = `https://${bare.includes(':') ? `[${bare}]` : bare}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}
