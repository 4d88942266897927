import { createHash } from 'node:crypto';
import { hostCookie, isBearer } from '@porthole/auth';
import { GUEST_VISIT_MAX_MS } from '../guests/guest-limits.ts';

/** Holds the bearer of a guest's visit. It is no login: nothing but the calls of the door reads it. */
export const GUEST_COOKIE = '__Host-porthole-guest';

/** Strict: only our own page sends it. It lasts as long as the longest visit, with its time at the door. */
export function guestCookie(bearer: string): string {
  return hostCookie(GUEST_COOKIE, bearer, { sameSite: 'Strict', maxAgeS: (2 * GUEST_VISIT_MAX_MS) / 1_000 });
}

/** What stands for the bearer in the database; null for what is none of ours. */
export function digestOfGuest(bearer: string | null): Uint8Array<ArrayBuffer> | null {
  if (bearer === null || !isBearer(bearer)) return null;
  return new Uint8Array(createHash('sha256').update(bearer).digest());
}
