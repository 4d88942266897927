import { Secret } from '@porthole/errors';
import { bindingText } from './binding.ts';
import { type AadFor, openEnvelope, sealEnvelope } from './envelope.ts';
import type { PrivateKeys, PublicKey } from './key-pair.ts';
import type { Sealed, SealedRow } from './sealed.ts';
import { VaultError } from './vault-error.ts';

/** Everything that the relay dials with. It stands inside the seal, so that no row can lead the relay elsewhere. */
export interface SessionPayload {
  /** The XenAPI session reference: a bearer secret (xenapi.md §2.1). */
  readonly sessionRef: Secret;
  /** The host's own uuid at its pool. */
  readonly hostUuid: string;
  /** Host name or IP literal, IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  readonly pin: { readonly fingerprint256: string; readonly pem: string };
}

/** Whose session it is. */
export interface SessionBinding {
  readonly tenantId: string;
  /** Our id of the host, not the pool's. */
  readonly hostId: string;
}

/**
 * Seals a session reference for the relays.
 * @throws VaultError vault/empty-secret, vault/bad-binding
 */
export function sealSession(
  input: SessionBinding & { readonly relayPublicKey: PublicKey; readonly payload: SessionPayload },
): Sealed {
  const { sessionRef, hostUuid, address, port, pin } = input.payload;
  if (sessionRef.reveal() === '') throw new VaultError('vault/empty-secret');
  const text = JSON.stringify({ sessionRef: sessionRef.reveal(), hostUuid, address, port, pin });
  return sealEnvelope(input.relayPublicKey, sessionAad(input), Buffer.from(text, 'utf8'));
}

/**
 * Opens a session reference, in a relay only.
 * @throws VaultError vault/wrong-key naming the kid, vault/tampered, vault/bad-binding
 */
export function openSession(keys: PrivateKeys, sealed: SealedRow, binding: SessionBinding): SessionPayload {
  const plaintext = openEnvelope(keys, sessionAad(binding), sealed);
  const payload = parsePayload(plaintext.toString('utf8'));
  plaintext.fill(0);
  if (payload === null) {
    throw new VaultError('vault/tampered', { details: { kid: sealed.kid, reason: 'payload' } });
  }
  return payload;
}

/** `v1|session|tenant_id|host_id|kid`: no pool password's binding has the word in this place, so neither opens as the other. */
function sessionAad({ tenantId, hostId }: SessionBinding): AadFor {
  return (kid) => bindingText({ kind: 'session', tenantId, hostId, kid });
}

/** What another version of ours may have sealed; null if it is not what this one dials with. */
function parsePayload(text: string): SessionPayload | null {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !isRecord(value.pin)) return null;
  const { sessionRef, hostUuid, address, port, pin } = value;
  const { fingerprint256, pem } = pin;
  if (typeof sessionRef !== 'string' || typeof hostUuid !== 'string' || typeof address !== 'string')
    return null;
  if (typeof port !== 'number' || typeof fingerprint256 !== 'string' || typeof pem !== 'string') return null;
  return { sessionRef: new Secret(sessionRef), hostUuid, address, port, pin: { fingerprint256, pem } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
