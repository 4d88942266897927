import { Secret } from '@porthole/errors';
import { bindingText } from './binding.ts';
import { type AadFor, openEnvelope, sealEnvelope } from './envelope.ts';
import type { PrivateKeys, PublicKey } from './key-pair.ts';
import type { Sealed, SealedRow } from './sealed.ts';
import { VaultError } from './vault-error.ts';

/** Whom a pool's password may be shown to. Any difference when opening, and it does not open. */
export interface PasswordBinding {
  readonly tenantId: string;
  readonly poolId: string;
  /** Which secret of the pool, as `pool_credential.purpose` names it: `inventory`, `console`. */
  readonly field: string;
  /** The confirmed SHA-256 of the coordinator's certificate, `AA:BB:…`. */
  readonly pin: string;
}

/**
 * Seals a pool's password for the worker: the portal can write it and never read it again.
 * @throws VaultError vault/empty-secret, vault/bad-binding
 */
export function sealForWorker(
  input: PasswordBinding & { readonly publicKey: PublicKey; readonly plaintext: Secret },
): Sealed {
  const plaintext = Buffer.from(input.plaintext.reveal(), 'utf8');
  if (plaintext.length === 0) throw new VaultError('vault/empty-secret');
  const sealed = sealEnvelope(input.publicKey, passwordAad(input), plaintext);
  plaintext.fill(0);
  return sealed;
}

/**
 * Opens a pool's password, in the worker only. Pass the pin of the peer that it is about to be sent to.
 * @throws VaultError vault/wrong-key naming the kid, vault/tampered, vault/bad-binding, vault/empty-secret
 */
export function openAsWorker(keys: PrivateKeys, sealed: SealedRow, binding: PasswordBinding): Secret {
  const plaintext = openEnvelope(keys, passwordAad(binding), sealed);
  if (plaintext.length === 0) throw new VaultError('vault/empty-secret');
  const secret = new Secret(plaintext.toString('utf8'));
  plaintext.fill(0);
  return secret;
}

/** `v1|tenant_id|pool_id|field|kid|pin` (security.md §3). */
function passwordAad({ tenantId, poolId, field, pin }: PasswordBinding): AadFor {
  return (kid) => bindingText({ tenantId, poolId, field, kid, pin });
}
