import { type ConnectPinned, connectPinned, type EgressPolicy } from '@porthole/egress';
import { type FakePool, type FakePoolOptions, startFakePool } from '@porthole/fake-xenserver';
import { type PoolMember, XenPool, type XenPoolDeps } from '@porthole/xenapi';

export const ACCOUNT = { username: 'root', password: 'canary-password-5ec7e7', originator: 'gate' };

/** A stand-in pool with a client of it, and every place that the client dialled. */
export interface XenScene {
  readonly pool: FakePool;
  readonly policy: EgressPolicy;
  /** `host:port`, in the order in which they were dialled. */
  readonly dialled: string[];
  member(hostIndex: number): PoolMember;
  client(more?: Partial<XenPoolDeps>): XenPool;
  close(): Promise<void>;
}

export async function openXenScene(options: Partial<FakePoolOptions> = {}): Promise<XenScene> {
  const pool = await startFakePool({ name: 'gate', account: ACCOUNT, operationMs: 20, vms: [], ...options });
  const policy: EgressPolicy = {
    allowedCidrs: [],
    demoEndpoints: pool.hosts.map((host) => `127.0.0.1:${host.port}`),
    ownAddresses: [],
    allowedPorts: [443],
  };
  const dialled: string[] = [];
  const connect: ConnectPinned = (rules, target) => {
    dialled.push(`${target.host}:${target.port}`);
    return connectPinned(rules, target);
  };
  const clients: XenPool[] = [];
  // As they were when the pool was confirmed: a host that changes afterwards is met with its old pin.
  const members = pool.hosts.map(({ address: host, port, fingerprint256, certPem: pem }) => {
    return { host, port, pin: { fingerprint256, pem } };
  });
  return {
    pool,
    policy,
    dialled,
    member: (hostIndex) => {
      const member = members[hostIndex];
      if (member === undefined) throw new Error(`the scene has no host ${hostIndex}`);
      return member;
    },
    client: (more = {}) => {
      const client = new XenPool({
        policy,
        connect,
        userAgent: 'porthole-gate',
        members: () => members,
        credentials: () => ACCOUNT,
        timeouts: { tcpMs: 1_000, tlsMs: 2_000 },
        ...more,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.close();
      await pool.stop();
    },
  };
}

/** The first error of what is tried, in words; null if it succeeds. */
export async function failureOf(act: () => Promise<unknown>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
