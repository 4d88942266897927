import { hash, verify } from '@node-rs/argon2';
import type { Secret } from '@porthole/errors';
import { WeakPasswordError } from './auth-error.ts';
import { isCommonPassword } from './common-passwords.ts';
import type { HashGate } from './hash-gate.ts';

/** Argon2id, 19 MiB, two passes, one lane (security.md §8; the library's default algorithm is Argon2id). */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
export const MIN_PASSWORD_CHARACTERS = 12;
/** Bounds the work that one request can ask for. */
export const MAX_PASSWORD_CHARACTERS = 1_024;

/** Of a password that nobody has: checked for unknown accounts, so that they take as long as known ones. */
let decoy: Promise<string> | null = null;

/**
 * The rule for new passwords: length, counted in characters as people count them, and not one of those that everybody
 * tries; nothing about digits or signs.
 *
 * @throws WeakPasswordError `auth/weak-password`
 */
export function checkPassword(password: Secret): void {
  const characters = [...password.reveal()].length;
  if (characters < MIN_PASSWORD_CHARACTERS)
    throw new WeakPasswordError(`A password has at least ${MIN_PASSWORD_CHARACTERS} characters.`);
  if (characters > MAX_PASSWORD_CHARACTERS)
    throw new WeakPasswordError(`A password has at most ${MAX_PASSWORD_CHARACTERS} characters.`);
  if (isCommonPassword(password.reveal()))
    throw new WeakPasswordError(
      'This password stands in lists of stolen ones. A few words in a row are easy to keep.',
    );
}

/**
 * Hashes a new password in PHC form, for `person.password_hash`.
 *
 * @throws WeakPasswordError `auth/weak-password`
 */
export async function hashPassword(password: Secret): Promise<string> {
  checkPassword(password);
  return hash(password.reveal(), ARGON2);
}

/**
 * Whether the password fits the hash. Without a hash (no such account, or none set) a decoy is checked instead, so
 * that time tells nothing.
 *
 * @throws AuthBusyError `auth/busy`
 */
export async function verifyPassword(
  gate: HashGate,
  passwordHash: string | null,
  password: Secret,
): Promise<boolean> {
  return gate.run(async () => {
    // Made for everybody, so that the first unknown account of a process doesn't take longer than the rest.
    const spare = await decoyHash();
    const fits = await verify(passwordHash ?? spare, password.reveal());
    return fits && passwordHash !== null;
  });
}

function decoyHash(): Promise<string> {
  decoy ??= hash(crypto.randomUUID(), ARGON2);
  return decoy;
}
