import { describe, expect, it } from 'vitest';
import { bodyRefusal, MAX_BODY_BYTES } from './bounded-request.ts';

const of = (length: string | null, method = 'POST') =>
  bodyRefusal(new Headers(length === null ? {} : { 'content-length': length }), method);

describe('the body of a call', () => {
  it('may be as large as the largest call, and no larger', () => {
    expect([of('2'), of(String(MAX_BODY_BYTES)), of(String(MAX_BODY_BYTES + 1))]).toEqual([null, null, 413]);
  });

  it.each([null, '-1', '1e9', 'x', ''])('of length %j is not read at all', (length) => {
    expect(of(length)).toBe(411);
  });

  it('is not asked for where there is none', () => {
    expect(of(null, 'GET')).toBeNull();
  });
});
