import { randomBytes } from 'node:crypto';
import { sha256 } from '@oslojs/crypto/sha2';
import { encodeBase32LowerCaseNoPadding, encodeHexLowerCase } from '@oslojs/encoding';

/** 200 random bits; security.md §8 wants 160. */
const BEARER_BYTES = 25;
const BEARER_SHAPE = /^[a-z2-7]{40}$/;

/** A fresh bearer for a login cookie. */
export function newBearer(): string {
  return encodeBase32LowerCaseNoPadding(randomBytes(BEARER_BYTES));
}

/** Whether the text could be one of ours; everything else is not even looked up. */
export function isBearer(text: string): boolean {
  return BEARER_SHAPE.test(text);
}

/** What is stored and looked up in place of the bearer. */
export function digestOf(bearer: string): string {
  return encodeHexLowerCase(sha256(new TextEncoder().encode(bearer)));
}
