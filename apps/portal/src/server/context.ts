import 'server-only';
import { randomInt, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import {
  apiTokenIn,
  LOGIN_COOKIE,
  PASSKEY_COOKIE,
  PENDING_COOKIE,
  readCookie,
  readSession,
} from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { BINDER_COOKIE, hashBinder } from '@porthole/tickets';
import type { SignedIn } from './actor.ts';
import { getDeps } from './deps.ts';
import type { Deps } from './deps-type.ts';
import { GUEST_COOKIE } from './door/guest-cookie.ts';
import { LimitError } from './limit-error.ts';
import type { RequestFacts } from './request-facts.ts';
import { readToken } from './tokens/read-token.ts';
import { TokenRefusedError } from './tokens/token-error.ts';
import type { Context } from './trpc.ts';

/** Letters and digits that no one mistakes for another when reading them out. */
const REFERENCE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** What every procedure knows about its request. */
export async function createContext({
  req,
  resHeaders,
}: {
  req: Request;
  resHeaders: Headers;
}): Promise<Context> {
  return contextOf(getDeps(), req, resHeaders);
}

/** The same for given deps, so that tests make requests of their own. */
export async function contextOf(deps: Deps, req: Request, resHeaders: Headers): Promise<Context> {
  const shownToken = apiTokenIn(req.headers.get('authorization'));
  // Who shows a token is a program, and acts by nothing else.
  const cookies = shownToken === null ? req.headers.get('cookie') : null;
  const bearer = readCookie(cookies, LOGIN_COOKIE);
  const session = await readSession(deps, bearer);
  const binder = readCookie(cookies, BINDER_COOKIE);
  const request: RequestFacts = {
    method: req.method,
    origin: req.headers.get('origin'),
    contentType: req.headers.get('content-type'),
    fetchSite: req.headers.get('sec-fetch-site'),
    userAgent: req.headers.get('user-agent'),
    ip: clientAddress(req.headers.get('x-forwarded-for')),
    bearer,
    binder: session !== null && isBinderOf(binder, session.binderHash) ? binder : null,
    pending: readCookie(cookies, PENDING_COOKIE),
    passkey: readCookie(cookies, PASSKEY_COOKIE),
    browserBinder: binder,
    guest: readCookie(cookies, GUEST_COOKIE),
    reference: newReference(),
    setCookie: (value: string) => resHeaders.append('set-cookie', value),
  };
  if (shownToken !== null) {
    const acting = await byToken(deps, request, shownToken);
    // RFC 6750 §3: what the answer to a token that isn't accepted has to say.
    if (acting.refusal instanceof TokenRefusedError)
      resHeaders.set('www-authenticate', 'Bearer error="invalid_token"');
    return { deps, request, ...acting };
  }
  const signedIn: SignedIn | null =
    session === null
      ? null
      : {
          personId: session.personId,
          personName: session.personName,
          email: session.email,
          loginSessionId: session.id,
          lastInputAt: session.lastInputAt,
          factorAt: session.factorAt,
          confirmedAt: session.confirmedAt,
          ip: request.ip,
        };
  return { deps, request, signedIn, refusal: null };
}

/** A token that is not heard is told so by each call of the request, as every other refusal is. */
async function byToken(
  deps: Deps,
  request: RequestFacts,
  shown: string,
): Promise<Pick<Context, 'signedIn' | 'refusal'>> {
  try {
    return { signedIn: await readToken(deps, shown, request), refusal: null };
  } catch (error) {
    if (error instanceof TokenRefusedError || error instanceof LimitError)
      return { signedIn: null, refusal: error };
    throw error;
  }
}

/** Whether it is the very binder that was set with the login session: who has the login cookie alone opens nothing. */
function isBinderOf(binder: string | null, expected: Uint8Array): boolean {
  return binder !== null && timingSafeEqual(hashBinder(new Secret(binder)), expected);
}

/**
 * The browser's address: the last entry, which the edge alone wrote (it drops what came in). What is not an address
 * counts as unknown.
 */
export function clientAddress(forwardedFor: string | null): string | null {
  const entry = (forwardedFor ?? '').split(',').at(-1)?.trim() ?? '';
  // An IPv4 address that a proxy writes as IPv6 is the same one: limits and log know it by one name.
  const last = entry.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(last) === 0 ? null : last;
}

/** `7F3K-22`: finds the entry in the log, and can be read over the telephone. */
export function newReference(): string {
  const letters = Array.from({ length: 6 }, () => REFERENCE_ALPHABET[randomInt(REFERENCE_ALPHABET.length)]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}
