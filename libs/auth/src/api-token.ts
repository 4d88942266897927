import { sha256 } from '@oslojs/crypto/sha2';
import { Secret } from '@porthole/errors';
import { isBearer, newBearer } from './bearer.ts';

/** Says what it is to people, and to programs that look for secrets where none should be. */
export const API_TOKEN_PREFIX = 'porthole_';

/** A fresh API token: the prefix and 200 random bits. */
export function newApiToken(): Secret {
  return new Secret(`${API_TOKEN_PREFIX}${newBearer()}`);
}

/** What is stored and looked up in place of the token; null for what could be none of ours. */
export function digestOfApiToken(text: string): Uint8Array<ArrayBuffer> | null {
  if (!text.startsWith(API_TOKEN_PREFIX) || !isBearer(text.slice(API_TOKEN_PREFIX.length))) return null;
  return new Uint8Array(sha256(new TextEncoder().encode(text)));
}

/**
 * The token in an `Authorization` header (RFC 6750 §2.1).
 *
 * @returns null where the header is absent or of another scheme, which is then a proxy's and none of ours; an empty text
 *   where it is `Bearer` without exactly one token
 */
export function apiTokenIn(header: string | null): string | null {
  if (header === null || !/^bearer(?:\s|,|$)/i.test(header.trim())) return null;
  return /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header.trim())?.[1] ?? '';
}
