import { createCipheriv, createDecipheriv, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';
import {
  freshBytes,
  type PrivateKey,
  type PrivateKeys,
  type PublicKey,
  publicKeyFromRaw,
  rawPublic,
} from './key-pair.ts';
import type { Sealed, SealedRow } from './sealed.ts';
import { VaultError } from './vault-error.ts';

const CIPHER = 'aes-256-gcm';
const DEK_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The additional data for a key id: the id stands inside, so that a row cannot be moved under another key's name. */
export type AadFor = (kid: string) => string;

/**
 * Two layers (security.md §3): the plaintext under a fresh 32-byte key, that key under one which only the holder of the
 * private key can derive (X25519 with an ephemeral key, HKDF-SHA256). Both layers carry the same additional data.
 */
export function sealEnvelope(publicKey: PublicKey, aadFor: AadFor, plaintext: Uint8Array): Sealed {
  const aad = Buffer.from(aadFor(publicKey.kid), 'utf8');
  const ephemeral = generateKeyPairSync('x25519');
  const epk = rawPublic(ephemeral.publicKey);
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKey.key });
  const wrapKey = deriveWrapKey(shared, epk, publicKey.raw, aad);
  const dek = freshBytes(DEK_BYTES);
  const wrapped = encrypt(wrapKey, aad, dek);
  const body = encrypt(dek, aad, plaintext);
  wipe(shared, wrapKey, dek);
  return {
    kid: publicKey.kid,
    epk,
    wrapIv: wrapped.iv,
    wrappedDek: wrapped.ct,
    wrapTag: wrapped.tag,
    iv: body.iv,
    ct: body.ct,
    tag: body.tag,
  };
}

/**
 * @throws VaultError vault/wrong-key naming the kid if that key is not loaded; vault/tampered if any byte or any part
 *   of the binding differs from the sealing
 */
export function openEnvelope(keys: PrivateKeys, aadFor: AadFor, sealed: SealedRow): Buffer {
  const privateKey = keys.get(sealed.kid);
  if (privateKey === undefined) {
    throw new VaultError('vault/wrong-key', {
      publicMessage: `This secret was sealed for key ${sealed.kid}, which isn’t loaded here.`,
      details: { kid: sealed.kid, loaded: [...keys.keys()] },
    });
  }
  const aad = Buffer.from(aadFor(sealed.kid), 'utf8');
  try {
    return unwrap(privateKey, aad, sealed);
  } catch (cause) {
    throw new VaultError('vault/tampered', { details: { kid: sealed.kid }, cause });
  }
}

function unwrap(privateKey: PrivateKey, aad: Buffer, sealed: SealedRow): Buffer {
  const shared = diffieHellman({ privateKey: privateKey.key, publicKey: publicKeyFromRaw(sealed.epk) });
  const wrapKey = deriveWrapKey(shared, sealed.epk, privateKey.publicRaw, aad);
  const dek = decrypt(wrapKey, aad, { iv: sealed.wrapIv, ct: sealed.wrappedDek, tag: sealed.wrapTag });
  const plaintext = decrypt(dek, aad, sealed);
  wipe(shared, wrapKey, dek);
  return plaintext;
}

/** Both public keys are the salt, so that the derived key belongs to this one exchange. */
function deriveWrapKey(shared: Buffer, epk: Uint8Array, recipient: Uint8Array, aad: Buffer): Buffer {
  const info = Buffer.concat([Buffer.from('porthole-wrap-v1|', 'utf8'), aad]);
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([epk, recipient]), info, DEK_BYTES));
}

function encrypt(key: Buffer, aad: Buffer, plaintext: Uint8Array) {
  const iv = freshBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(aad);
  const ct = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, ct, tag: Buffer.concat([cipher.getAuthTag()]) };
}

function decrypt(key: Buffer, aad: Buffer, box: { iv: Uint8Array; ct: Uint8Array; tag: Uint8Array }): Buffer {
  // Node would take a shorter tag or IV of a row for what it is; a shorter tag is easier to forge.
  if (box.iv.length !== IV_BYTES || box.tag.length !== TAG_BYTES)
    throw new Error('wrong length of iv or tag');
  const decipher = createDecipheriv(CIPHER, key, box.iv, { authTagLength: TAG_BYTES })
    .setAAD(aad)
    .setAuthTag(box.tag);
  return Buffer.concat([decipher.update(box.ct), decipher.final()]);
}

function wipe(...buffers: Buffer[]): void {
  for (const buffer of buffers) buffer.fill(0);
}
