import type { TlsPin } from '@porthole/egress';
import {
  isXenError,
  type PoolMember,
  type TransportFailure,
  transportFailureOf,
  type XenSession,
} from '@porthole/xenapi';
import type { StoredHost } from '../inventory/stored-rows.ts';
import type { PoolConfig } from '../pools/read-pool.ts';
import type { TrustKeeper } from '../trust/keep-trust.ts';

export interface MembersDeps {
  /** The certificate at the pool's address, if it is the confirmed one. @throws PinMismatchError, EgressError */
  readonly confirm: () => Promise<TlsPin>;
  readonly trust: TrustKeeper;
  readonly hosts: readonly StoredHost[];
  readonly signal: AbortSignal;
}

const SILENT: ReadonlySet<TransportFailure> = new Set<TransportFailure>([
  'name-not-found',
  'refused',
  'unreachable',
  'timeout',
  'tls',
  'connection-lost',
]);
const IDENTITY_TIMEOUT_MS = 10_000;

/** True where nobody answers; another certificate is an answer. */
export function isSilent(error: unknown): boolean {
  const failure = transportFailureOf(error);
  return failure !== null && SILENT.has(failure);
}

/**
 * Who may be told the pool's password, likeliest coordinator first: the host at the pool's address with the confirmed
 * certificate, and members whose certificates its records have told (ADR 0011). While the first is silent, the others alone.
 * @throws what `confirm` throws, silence only where nobody else is known; DbError
 */
export async function poolMembers(deps: MembersDeps, config: PoolConfig): Promise<PoolMember[]> {
  const { confirm, trust, hosts, signal } = deps;
  try {
    const { fingerprint256, pem } = await confirm();
    const pin = { fingerprint256, pem };
    return [{ host: config.address, port: config.port, pin }, ...trust.members(hosts)];
  } catch (error) {
    if (!isSilent(error)) throw error;
    if (trust.members(hosts).length === 0) await trust.recall(hosts, signal);
    const others = trust.members(hosts).filter(({ pin }) => pin.fingerprint256 !== config.pin);
    if (others.length === 0) throw error;
    return others;
  }
}

/**
 * Whether a member that says it is the coordinator leads this pool: the confirmed host has to be one of its own. A host
 * that was taken out leads a pool of its own, without it (xenapi.md §8).
 */
export async function leadsThisPool(
  { trust }: Pick<MembersDeps, 'trust'>,
  config: PoolConfig,
  session: XenSession,
  member: PoolMember,
): Promise<boolean> {
  if (member.pin.fingerprint256 === config.pin) return true;
  if (trust.confirmedUuid === null) return false;
  try {
    await session.call('host.get_by_uuid', [trust.confirmedUuid], { timeoutMs: IDENTITY_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (isXenError(error, 'UUID_INVALID')) return false;
    throw error;
  }
}
