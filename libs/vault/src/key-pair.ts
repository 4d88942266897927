import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { Secret } from '@porthole/errors';
import { VaultError } from './vault-error.ts';

/** Raw X25519 keys are 32 bytes (RFC 7748 §5). */
export const X25519_KEY_BYTES = 32;

/** A key that seals. Its `kid` is derived from the key itself, so a file cannot claim another name. */
export interface PublicKey {
  readonly kid: string;
  readonly raw: Buffer<ArrayBuffer>;
  readonly key: KeyObject;
}

/** A key that opens. The key material stays inside Node's KeyObject, which prints nothing. */
export interface PrivateKey {
  readonly kid: string;
  readonly publicRaw: Buffer<ArrayBuffer>;
  readonly key: KeyObject;
}

/** All private keys that a process holds, by their kid; one of them is current, the others open older rows. */
export type PrivateKeys = ReadonlyMap<string, PrivateKey>;

/** A fresh key pair in PEM form, for files that {@link writeKeyPair} and the launcher write. */
export function generateKeyPair(): { kid: string; publicPem: string; privatePem: Secret } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    kid: kidOf(rawPublic(publicKey)),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
}

/** @throws VaultError vault/bad-key-file */
export function parsePublicKey(pem: string, where = 'given text'): PublicKey {
  const key = read(() => createPublicKey(pem), where);
  const raw = rawPublic(key);
  return { kid: kidOf(raw), raw, key };
}

/** @throws VaultError vault/bad-key-file; the message never repeats the file */
export function parsePrivateKey(pem: Secret, where = 'given text'): PrivateKey {
  const key = read(() => createPrivateKey(pem.reveal()), where);
  const publicRaw = rawPublic(createPublicKey(key));
  return { kid: kidOf(publicRaw), publicRaw, key };
}

/** @throws VaultError vault/no-keys */
export function keyRing(keys: readonly PrivateKey[]): PrivateKeys {
  if (keys.length === 0) throw new VaultError('vault/no-keys');
  return new Map(keys.map((key) => [key.kid, key]));
}

/** An ephemeral public key as it came from a row. @throws on anything but 32 bytes */
export function publicKeyFromRaw(raw: Uint8Array): KeyObject {
  if (raw.length !== X25519_KEY_BYTES) throw new Error(`an X25519 key is ${X25519_KEY_BYTES} bytes`);
  // As a JWK (RFC 8037 §2): OpenSSL takes eight times as long to find out what a DER is, and this is done for each console.
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
}

/** The 32 bytes of a public key. */
export function rawPublic(key: KeyObject): Buffer<ArrayBuffer> {
  return Buffer.concat([key.export({ type: 'spki', format: 'der' }).subarray(-X25519_KEY_BYTES)]);
}

/** Random bytes over a buffer of their own, as Prisma's `Bytes` wants them. */
export function freshBytes(length: number): Buffer<ArrayBuffer> {
  return Buffer.concat([randomBytes(length)]);
}

function kidOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

function read(parse: () => KeyObject, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch (cause) {
    // OpenSSL's error names a decoder, never a byte of the input.
    throw new VaultError('vault/bad-key-file', { details: { where }, cause });
  }
  if (key.asymmetricKeyType !== 'x25519') {
    throw new VaultError('vault/bad-key-file', { details: { where, type: key.asymmetricKeyType } });
  }
  return key;
}
