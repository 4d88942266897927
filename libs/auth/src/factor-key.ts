import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { AppError, Secret } from '@porthole/errors';

const KEY_BYTES = 32;
const KEY_SHAPE = /^[A-Za-z0-9_-]{43}$/;
/** Any bit for group or others on a secret file is one too many. */
const OTHERS = 0o077;

/** The one key that seals the seeds of second factors, and opens nothing else (security.md §3). */
export interface FactorKey {
  /** Says which key a row was sealed by, and nothing of the key. */
  kid: string;
  bytes: Secret<Buffer>;
}

/** A key out of the text of its file. @throws AppError `auth/factor-key` */
export function parseFactorKey(text: string): FactorKey {
  const trimmed = text.trim();
  if (!KEY_SHAPE.test(trimmed)) throw unusable('is no key of 32 bytes in base64url');
  const bytes = Buffer.from(trimmed, 'base64url');
  const kid = createHash('sha256').update('porthole-factor-kid').update(bytes).digest('hex').slice(0, 16);
  return { kid, bytes: new Secret(bytes) };
}

/**
 * Reads the key file of the second factors.
 *
 * @throws AppError `auth/factor-key` where it cannot be read, is no key, or group or others may read it
 */
export function loadFactorKey(path: string): FactorKey {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    throw unusable(`can’t be read (${path})`, cause);
  }
  try {
    const { mode } = fstatSync(descriptor);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw unusable(`may be read by others (${path}): set its mode to 0400 or 0600`);
    return parseFactorKey(readFileSync(descriptor, 'utf8'));
  } finally {
    closeSync(descriptor);
  }
}

/** Text of a fresh key. */
export function newFactorKey(): Secret {
  return new Secret(randomBytes(KEY_BYTES).toString('base64url'));
}

/** Writes a fresh key to a new file of mode 0600; never over one that is there. @throws Error `EEXIST` and its kin */
export function writeFactorKey(path: string): void {
  writeFileSync(path, newFactorKey().reveal(), { mode: 0o600, flag: 'wx' });
}

function unusable(why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'auth/factor-key',
    publicMessage: `The key of the second factors ${why}.`,
    cause,
  });
}
