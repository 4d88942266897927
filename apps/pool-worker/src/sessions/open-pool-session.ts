import type { EgressPolicy, ProbeCertificate, TlsPin } from '@porthole/egress';
import type { Secret } from '@porthole/errors';
import { openAsWorker, type PrivateKeys, VaultError } from '@porthole/vault';
import type { XenCredentials } from '@porthole/xenapi';
import type { PoolConfig } from '../pools/read-pool.ts';
import { PinMismatchError, WorkerError } from '../worker-error.ts';

/** Stable, so that a pool's administrator knows who calls (xenapi.md §2.4). */
export const USER_AGENT = 'porthole-pool-worker/0.1';

export interface CoordinatorDeps {
  readonly policy: EgressPolicy;
  readonly probe: ProbeCertificate;
  readonly signal: AbortSignal;
}

/**
 * The certificate that answers at the pool's address, if it is the confirmed one. Sends a TLS handshake and nothing else.
 * @throws PinMismatchError with both fingerprints; EgressError
 */
export async function confirmCoordinator(
  { policy, probe, signal }: CoordinatorDeps,
  config: PoolConfig,
): Promise<TlsPin & { readonly validTo: string }> {
  const seen = await probe(policy, { host: config.address, port: config.port, signal });
  if (seen.fingerprint256 !== config.pin) throw new PinMismatchError(config.pin, seen.fingerprint256);
  return { fingerprint256: seen.fingerprint256, pem: seen.pem, validTo: seen.validTo };
}

/**
 * Opens the pool's password, in memory alone, with the pin that it is bound to: after somebody changed the pool's pin it
 * does not open, and there is nothing to send (architecture §3).
 * @throws WorkerError credential/missing, credential/bound-elsewhere; VaultError vault/wrong-key naming the kid
 */
export function openPassword(keys: PrivateKeys, config: PoolConfig): Secret {
  const { credential, tenantId, poolId, pin } = config;
  if (credential === null) throw new WorkerError('credential/missing');
  try {
    return openAsWorker(keys, credential.sealed, { tenantId, poolId, field: 'inventory', pin });
  } catch (cause) {
    const isBoundElsewhere = cause instanceof VaultError && cause.code !== 'vault/wrong-key';
    throw isBoundElsewhere ? new WorkerError('credential/bound-elsewhere', { cause }) : cause;
  }
}

/** What a sign-in tells the pool. The password is in memory for as long as that takes. @throws as {@link openPassword} */
export function credentialsOf(keys: PrivateKeys, config: PoolConfig): XenCredentials {
  return {
    username: config.credential?.username ?? '',
    password: openPassword(keys, config).reveal(),
    // One originator a tenant: at most 500 sessions each, the oldest goes first (xenapi.md §2.2).
    originator: `porthole ${config.tenantId}`,
  };
}
