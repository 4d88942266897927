import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { Secret } from '@porthole/errors';
import {
  generateKeyPair,
  keyRing,
  type PrivateKeys,
  type PublicKey,
  parsePrivateKey,
  parsePublicKey,
} from './key-pair.ts';
import { VaultError } from './vault-error.ts';

/** Any bit for group or others on a private key is one too many. */
const OTHERS = 0o077;

/**
 * Reads a public key file (SPKI PEM). It is no secret, so any mode will do.
 * @throws VaultError vault/unreadable-key-file, vault/bad-key-file
 */
export function loadPublicKey(path: string): PublicKey {
  return parsePublicKey(readKeyFile(path, { secret: false }), path);
}

/**
 * Reads private key files (PKCS#8 PEM). Several may be loaded, so that rows of an older key still open.
 * @throws VaultError vault/unreadable-key-file, vault/exposed-key-file if group or others may read it,
 *   vault/bad-key-file, vault/no-keys
 */
export function loadPrivateKeys(paths: readonly string[]): PrivateKeys {
  return keyRing(paths.map((path) => parsePrivateKey(new Secret(readKeyFile(path, { secret: true })), path)));
}

/**
 * Makes a key pair and writes it to two new files, the private one with mode 0600. Never overwrites: an overwritten
 * key would take every secret sealed for it along.
 * @throws VaultError vault/unreadable-key-file if a file is there already or cannot be written
 */
export function writeKeyPair(paths: { privatePath: string; publicPath: string }): { kid: string } {
  const { kid, publicPem, privatePem } = generateKeyPair();
  try {
    writeFileSync(paths.privatePath, privatePem.reveal(), { mode: 0o600, flag: 'wx' });
    writeFileSync(paths.publicPath, publicPem, { mode: 0o644, flag: 'wx' });
  } catch (cause) {
    throw new VaultError('vault/unreadable-key-file', { details: { ...paths }, cause });
  }
  return { kid };
}

function readKeyFile(path: string, { secret }: { secret: boolean }): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    // The mode of what was opened, not of what the path names a moment later.
    const { mode } = fstatSync(descriptor);
    if (secret && process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new VaultError('vault/exposed-key-file', {
        publicMessage: `The private key ${path} has mode 0${(mode & 0o777).toString(8)}: others may read it. Set it to 0400 or 0600.`,
        details: { path },
      });
    }
    return readFileSync(descriptor, 'utf8');
  } catch (cause) {
    throw cause instanceof VaultError ? cause : unreadable(path, cause);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(path: string, cause: unknown): VaultError {
  return new VaultError('vault/unreadable-key-file', {
    publicMessage: `The key file ${path} can’t be read.`,
    details: { path },
    cause,
  });
}
