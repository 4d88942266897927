import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError, Secret } from '@porthole/errors';
import type { FactorKey } from './factor-key.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A secret as its table holds it. */
export interface SealedSeed {
  kid: string;
  iv: Uint8Array<ArrayBuffer>;
  ct: Uint8Array<ArrayBuffer>;
  tag: Uint8Array<ArrayBuffer>;
}

/** What is sealed: a seed for a person, or an issuer's secret for an organisation. */
export type SealedFor = `totp-v1|${string}` | `sso-v1|${string}`;

/** Seals for one owner: copied to another's row, or under another key's name, it does not open. */
export function sealFor(key: FactorKey, owner: SealedFor, seed: Uint8Array): SealedSeed {
  const iv = Uint8Array.from(randomBytes(IV_BYTES));
  const cipher = createCipheriv(CIPHER, key.bytes.reveal(), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aadOf(key.kid, owner));
  const ct = Uint8Array.from(Buffer.concat([cipher.update(seed), cipher.final()]));
  return { kid: key.kid, iv, ct, tag: Uint8Array.from(cipher.getAuthTag()) };
}

/** @throws AppError `auth/factor-sealed` where it was sealed by another key or for another owner, or was changed */
export function openFor(key: FactorKey, owner: SealedFor, sealed: SealedSeed): Secret<Uint8Array> {
  const details = { kid: sealed.kid, loaded: key.kid };
  if (sealed.kid !== key.kid) throw new AppError({ code: 'auth/factor-sealed', details });
  try {
    // Node would take a shorter tag for what it is, and a shorter one is easier to forge.
    if (sealed.iv.length !== IV_BYTES || sealed.tag.length !== TAG_BYTES) throw new Error('wrong length');
    const decipher = createDecipheriv(CIPHER, key.bytes.reveal(), sealed.iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(aadOf(key.kid, owner)).setAuthTag(sealed.tag);
    return new Secret<Uint8Array>(Buffer.concat([decipher.update(sealed.ct), decipher.final()]));
  } catch (cause) {
    throw new AppError({ code: 'auth/factor-sealed', details, cause });
  }
}

/** Kind, key and owner, in the order in which rows were sealed since the first. */
function aadOf(kid: string, owner: SealedFor): Buffer {
  const [kind, id] = owner.split('|');
  return Buffer.from(`${kind}|${kid}|${id}`, 'utf8');
}
