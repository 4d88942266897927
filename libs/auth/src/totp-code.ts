import { randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeBase32UpperCaseNoPadding } from '@oslojs/encoding';
import { createTOTPKeyURI, generateHOTP } from '@oslojs/otp';

/** What every app makes when nothing else is said (RFC 6238): SHA-1 over 160 bits, six digits, thirty seconds. */
const STEP_S = 30;
const DIGITS = 6;
const SEED_BYTES = 20;
/** A clock may be one step early or late (security.md §8). */
const DRIFTS = [0, -1, 1] as const;

export function newSeed(): Uint8Array {
  return Uint8Array.from(randomBytes(SEED_BYTES));
}

/** The step of a moment: what `last_step` holds. */
export function stepOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000 / STEP_S);
}

/** The code of one step. */
export function codeAt(seed: Uint8Array, step: number): string {
  return generateHOTP(seed, BigInt(step), DIGITS);
}

/** The step whose code it is, now or one step beside; null for none. Each step is compared, whichever fits. */
export function matchingStep(seed: Uint8Array, code: string, now: Date): number | null {
  const given = Buffer.from(code, 'utf8');
  let found: number | null = null;
  for (const drift of DRIFTS) {
    const step = stepOf(now) + drift;
    const expected = Buffer.from(codeAt(seed, step), 'utf8');
    if (given.length === expected.length && timingSafeEqual(given, expected)) found ??= step;
  }
  return found;
}

/** The seed as people type it, and as a QR code carries it. */
export function seedForApp(seed: Uint8Array, account: string): { secret: string; uri: string } {
  return {
    secret: encodeBase32UpperCaseNoPadding(seed),
    uri: createTOTPKeyURI('Porthole', account, seed, STEP_S, DIGITS),
  };
}
