import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@porthole/errors';

/** Holds the login session's bearer; the edge strips it on the way to a relay (security.md §2.3). */
export const LOGIN_COOKIE = '__Host-porthole';
/** Holds the binder: set and rotated with the login session, read by the relay. */
export const BINDER_COOKIE = '__Host-porthole_bind';

/** Random bytes of a ticket and of a binder. */
export const SECRET_BYTES = 32;

/** A fresh ticket: 32 random bytes in base64url. Only its hash may be stored. */
export function newTicket(): Secret {
  return new Secret(randomBytes(SECRET_BYTES).toString('base64url'));
}

/** A fresh binder: without the browser's cookie of this value a leaked ticket is worthless. */
export function newBinder(): Secret {
  return new Secret(randomBytes(SECRET_BYTES).toString('base64url'));
}

/** SHA-256 of the ticket's text. A plain hash is enough for 256 random bits: there is nothing to guess. */
export function hashTicket(ticket: Secret): Uint8Array {
  return sha256(ticket.reveal());
}

/** SHA-256 of the binder's text; the row of the login session and of the ticket hold it. */
export function hashBinder(binder: Secret): Uint8Array {
  return sha256(binder.reveal());
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest();
}
