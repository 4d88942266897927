import { describe, expect, it } from 'vitest';
import { clientAddress, newReference } from './context.ts';

describe('the address of the browser', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['6.6.6.6, 192.0.2.7', '192.0.2.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, unknown', null],
    ['', null],
    [null, null],
  ])('out of %j is %j: what the edge wrote last, and nothing that is no address', (header, address) => {
    expect(clientAddress(header)).toBe(address);
  });
});

describe('a reference', () => {
  it('can be read over the telephone', () => {
    const made = Array.from({ length: 500 }, newReference);
    expect(made.every((one) => /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}$/.test(one))).toBe(true);
    expect(new Set(made).size).toBeGreaterThan(495);
  });
});
