import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { apiTokenIn, digestOfApiToken, newApiToken } from './api-token.ts';

describe('an API token', () => {
  it('has a name of ours before 200 random bits, and is never made twice', () => {
    const tokens = Array.from({ length: 100 }, () => newApiToken().reveal());
    for (const token of tokens) expect(token).toMatch(/^porthole_[a-z2-7]{40}$/);
    expect(new Set(tokens).size).toBe(100);
  });

  it('prints nothing of itself', () => {
    expect(`${newApiToken()} ${JSON.stringify({ token: newApiToken() })}`).not.toContain('porthole_');
  });

  it('is known by SHA-256 of all of it', () => {
    const token = newApiToken().reveal();
    expect(digestOfApiToken(token)).toEqual(new Uint8Array(createHash('sha256').update(token).digest()));
  });

  it.each([
    '',
    'porthole_',
    'porthole_short',
    `porthole_${'A'.repeat(40)}`,
    `porthole_${'a'.repeat(41)}`,
    `porthole_${'a'.repeat(40)}\n`,
    `PORTHOLE_${'a'.repeat(40)}`,
    'a'.repeat(40),
    ` porthole_${'a'.repeat(40)}`,
  ])('is not %j, which is not even looked up', (text) => {
    expect(digestOfApiToken(text)).toBeNull();
  });
});

describe('the token in a header', () => {
  it.each([
    [null, null],
    ['Basic dXNlcjpwYXNz', null],
    ['Bearertoken', null],
    ['', null],
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc', 'abc'],
    ['Bearer', ''],
    ['Bearer ', ''],
    ['Bearer a b', ''],
    ['Bearer a, Bearer b', ''],
    ['Bearer,', ''],
    ['Bearer a;b', ''],
  ])('%j is %j', (header, token) => {
    expect(apiTokenIn(header)).toBe(token);
  });
});
