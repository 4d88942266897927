import { ABSOLUTE_LIFE_MS } from './session-life.ts';

/** The login cookie. `__Host-` makes browsers insist on Secure, Path=/ and no Domain. */
export const LOGIN_COOKIE = '__Host-porthole';

export interface CookieOptions {
  sameSite: 'Lax' | 'Strict';
  /** Seconds; 0 removes the cookie. */
  maxAgeS?: number;
}

/** A `Set-Cookie` value with all that a cookie of ours must have. */
export function hostCookie(name: string, value: string, { sameSite, maxAgeS }: CookieOptions): string {
  const life = maxAgeS ?? ABSOLUTE_LIFE_MS / 1_000;
  return `${name}=${value}; Path=/; Max-Age=${life}; HttpOnly; Secure; SameSite=${sameSite}`;
}

/** Sets the login cookie. Lax, so that a link from a mail finds who is signed in. */
export function loginCookie(bearer: string): string {
  return hostCookie(LOGIN_COOKIE, bearer, { sameSite: 'Lax' });
}

/** Removes the login cookie. */
export function blankLoginCookie(): string {
  return hostCookie(LOGIN_COOKIE, '', { sameSite: 'Lax', maxAgeS: 0 });
}

/** One cookie out of a `Cookie` header; null where it is absent or there twice, which no browser of ours sends. */
export function readCookie(header: string | null, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && value !== '' ? value : null;
}
