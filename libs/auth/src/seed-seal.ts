import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError, Secret } from '@porthole/errors';
import type { FactorKey } from './factor-key.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A seed as the table holds it. */
export interface SealedSeed {
  kid: string;
  iv: Uint8Array<ArrayBuffer>;
  ct: Uint8Array<ArrayBuffer>;
  tag: Uint8Array<ArrayBuffer>;
}

/** Seals a seed for one person: copied to another's row, or under another key's name, it does not open. */
export function sealSeed(key: FactorKey, personId: string, seed: Uint8Array): SealedSeed {
  const iv = Uint8Array.from(randomBytes(IV_BYTES));
  const cipher = createCipheriv(CIPHER, key.bytes.reveal(), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aadOf(key.kid, personId));
  const ct = Uint8Array.from(Buffer.concat([cipher.update(seed), cipher.final()]));
  return { kid: key.kid, iv, ct, tag: Uint8Array.from(cipher.getAuthTag()) };
}

/** @throws AppError `auth/factor-sealed` where it was sealed by another key or for another person, or was changed */
export function openSeed(key: FactorKey, personId: string, sealed: SealedSeed): Secret<Uint8Array> {
  const details = { kid: sealed.kid, loaded: key.kid };
  if (sealed.kid !== key.kid) throw new AppError({ code: 'auth/factor-sealed', details });
  try {
    // Node would take a shorter tag for what it is, and a shorter one is easier to forge.
    if (sealed.iv.length !== IV_BYTES || sealed.tag.length !== TAG_BYTES) throw new Error('wrong length');
    const decipher = createDecipheriv(CIPHER, key.bytes.reveal(), sealed.iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(aadOf(key.kid, personId)).setAuthTag(sealed.tag);
    return new Secret<Uint8Array>(Buffer.concat([decipher.update(sealed.ct), decipher.final()]));
  } catch (cause) {
    throw new AppError({ code: 'auth/factor-sealed', details, cause });
  }
}

function aadOf(kid: string, personId: string): Buffer {
  return Buffer.from(`totp-v1|${kid}|${personId}`, 'utf8');
}
