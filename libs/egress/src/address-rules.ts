import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';

/** Why an address is refused; null means that it may be dialled. Goes to the log, not to the browser. */
export type AddressVerdict = string | null;
export type JudgeAddress = (policy: EgressPolicy, ip: string) => AddressVerdict;

interface Range {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Never reachable, whatever an operator opens (security.md §4.3; IANA special-purpose registries). */
const ALWAYS_DENIED: ReadonlyArray<readonly [cidr: string, reason: string]> = [
  ['0.0.0.0/8', 'this-network'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['100.100.100.200/32', 'cloud-metadata'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', '6to4-relay'],
  ['198.18.0.0/15', 'benchmark'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved-or-broadcast'],
  ['::/96', 'ipv4-compatible'],
  ['64:ff9b::/96', 'nat64'],
  ['64:ff9b:1::/48', 'nat64'],
  ['100::/64', 'discard'],
  ['2001::/23', 'teredo-or-ietf'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'documentation'],
  ['fd00:ec2::/32', 'cloud-metadata'],
  ['fd20:ce::/32', 'cloud-metadata'],
  ['fd00:42::/32', 'cloud-metadata'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
];

/** Denied until the operator opens a part of them (security.md §4.4). */
const PRIVATE: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
];
/** What IANA gave out as global unicast; the rest of IPv6 is reserved. */
const GLOBAL_V6 = '2000::/3';

const deniedRanges = ALWAYS_DENIED.map(([cidr, reason]) => ({ range: parseRange(cidr), reason }));
const privateRanges = PRIVATE.map(parseRange);
const globalV6 = parseRange(GLOBAL_V6);

/**
 * Judges one IP literal by its bytes, never by its spelling. `::ffff:a.b.c.d` is judged as the IPv4 address that the
 * kernel would dial.
 * @throws EgressError egress/bad-policy if the policy itself cannot be read: it then opens nothing
 */
export const judgeAddress: JudgeAddress = (policy, ip) => {
  const bytes = addressBytes(ip);
  if (bytes === null) return 'not-an-address';
  const denied = deniedRanges.find(({ range }) => contains(range, bytes));
  if (denied !== undefined) return denied.reason;
  if (policy.ownAddresses.some((own) => contains(policyRange(own), bytes))) return 'own-address';
  if (privateRanges.some((range) => contains(range, bytes))) {
    return policy.allowedCidrs.some((cidr) => contains(policyRange(cidr), bytes)) ? null : 'private';
  }
  return bytes.length === 16 && !contains(globalV6, bytes) ? 'reserved' : null;
};

/** True for exactly the loopback pairs that the launcher listed; an entry that is not loopback opens nothing. */
export function isDemoEndpoint(policy: EgressPolicy, ip: string, port: number): boolean {
  const bytes = addressBytes(ip);
  if (bytes === null) return false;
  return policy.demoEndpoints.some((entry) => {
    const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):([0-9]{1,5})$/i.exec(entry);
    if (match === null) throw new EgressError('egress/bad-policy', { details: { entry } });
    const allowed = addressBytes(match[1] ?? match[2] ?? '');
    return allowed !== null && Number(match[3]) === port && isLoopback(allowed) && equal(allowed, bytes);
  });
}

/** The bytes of an IP literal, an IPv4-mapped one as its four; null for anything else, a zone id included. */
export function addressBytes(ip: string): number[] | null {
  if (isIP(ip) === 0 || ip.includes('%')) return null;
  return ipaddr.process(ip).toByteArray();
}

function isLoopback(bytes: readonly number[]): boolean {
  return bytes.length === 4
    ? bytes[0] === 127
    : bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function policyRange(text: string): Range {
  try {
    return parseRange(text);
  } catch (cause) {
    throw new EgressError('egress/bad-policy', { details: { entry: text }, cause });
  }
}

function parseRange(text: string): Range {
  const [address, bits] = text.includes('/')
    ? ipaddr.parseCIDR(text)
    : [ipaddr.parse(text), isIP(text) === 4 ? 32 : 128];
  return { bytes: address.toByteArray(), bits };
}

function contains(range: Range, bytes: readonly number[]): boolean {
  if (range.bytes.length !== bytes.length) return false;
  return bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, range.bits - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return ((byte ^ (range.bytes[index] ?? 0)) & mask) === 0;
  });
}
