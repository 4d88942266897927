import { isIP } from 'node:net';

/** Where a host may be dialled. */
export interface Endpoint {
  /** Host name or IP literal, IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
}

const HTTPS_PORT = 443;

/**
 * Where a pool member may answer, most likely first: where the operator says, else where the pool says. Stand-ins share one
 * loopback address and differ by port, which no record tells; there each pair of the launcher's list is a candidate, and the
 * certificate decides which it is (architecture §6).
 */
export function memberEndpoints(input: {
  readonly address: string;
  readonly override: { readonly address: string | null; readonly port: number | null } | undefined;
  readonly demoEndpoints: readonly string[];
}): Endpoint[] {
  const { address, override, demoEndpoints } = input;
  if (override !== undefined) {
    const chosen = { address: override.address ?? address, port: override.port ?? HTTPS_PORT };
    return chosen.address === '' ? [] : [chosen];
  }
  if (address === '') return [];
  const demo = demoEndpoints.map(parseEndpoint).filter((pair) => pair?.address === address);
  return [{ address, port: HTTPS_PORT }, ...demo.flatMap((pair) => pair ?? [])].filter(
    (pair) => demo.length === 0 || pair.port !== HTTPS_PORT,
  );
}

/** `127.0.0.1:4312` or `[::1]:4312`; null for what is neither. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  return isIP(address) !== 0 && port >= 1 && port <= 65_535 ? { address, port } : null;
}
