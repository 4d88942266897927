import { describe, expect, it } from 'vitest';
import { digestOf, isBearer, newBearer } from './bearer.ts';

describe('a bearer', () => {
  it('has 200 bits and is never the same', () => {
    const made = new Set(Array.from({ length: 1000 }, newBearer));
    expect(made.size).toBe(1000);
    expect([...made].every((one) => one.length === 40 && isBearer(one))).toBe(true);
  });

  it('is known by its digest, from which nothing leads back', () => {
    expect(digestOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('refuses what cannot be one before asking the database', () => {
    expect(['', 'A'.repeat(40), 'a'.repeat(39), `${'a'.repeat(39)}'`].some(isBearer)).toBe(false);
  });
});
