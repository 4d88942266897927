/** What may be reached. Made by `main.ts` of each app from its environment; never from a row that a tenant can write. */
export interface EgressPolicy {
  /** Private ranges (RFC 1918, CGNAT, ULA) that the operator opened, in CIDR form. Nothing else is opened by them. */
  readonly allowedCidrs: readonly string[];
  /** Exact `ip:port` pairs on loopback, `[::1]:port` for IPv6; from the launcher of the demo and of tests only. */
  readonly demoEndpoints: readonly string[];
  /** Addresses or CIDRs of our own proxy, portal, relay, worker and database. */
  readonly ownAddresses: readonly string[];
  /** Ports that may be dialled; 443 unless the operator lists more. Demo pairs carry their own port. */
  readonly allowedPorts: readonly number[];
  /** All addresses of a name. The system's resolver when left out. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export const DEFAULT_PORTS: readonly number[] = [443];
