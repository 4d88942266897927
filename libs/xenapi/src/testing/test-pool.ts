import { connectPinned, type EgressPolicy } from '@porthole/egress';
import type { FakePool } from '@porthole/fake-xenserver';
import { XenApiClient, type XenApiDeps } from '../xenapi-client.ts';
import type { XenTarget } from '../xenapi-connection.ts';

export const ACCOUNT = { username: 'root', password: 'correct horse', originator: 'porthole-test' };

/** Only the stand-ins may be dialled. */
export function policyFor(...pools: readonly FakePool[]): EgressPolicy {
  const demoEndpoints = pools.flatMap((pool) => pool.hosts.map((host) => `127.0.0.1:${host.port}`));
  return { allowedCidrs: [], demoEndpoints, ownAddresses: [], allowedPorts: [443] };
}

/** A host of a stand-in pool with the certificate that it shows now. */
export function targetOf(pool: FakePool, hostIndex = 0): XenTarget {
  const host = pool.hosts[hostIndex];
  if (host === undefined) throw new Error('no such host');
  const pin = { fingerprint256: host.fingerprint256, pem: host.certPem };
  return { host: host.address, port: host.port, pin };
}

/** A client of one host, which counts the connections that it opens. */
export function clientOf(
  pool: FakePool,
  hostIndex = 0,
  more: Partial<XenApiDeps> = {},
): XenApiClient & { opened: number } {
  const counted = { opened: 0 };
  const client = new XenApiClient({
    policy: policyFor(pool),
    target: targetOf(pool, hostIndex),
    userAgent: 'porthole-test/1',
    connect: (rules, target) => {
      counted.opened += 1;
      return connectPinned(rules, target);
    },
    ...more,
  });
  return Object.defineProperty(Object.assign(client, { opened: 0 }), 'opened', { get: () => counted.opened });
}
