import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hex } from './test-bytes.ts';
import { decodeLatin1, decodeText, encodeLatin1, encodeUtf8 } from './text.ts';

describe('text of a peer', () => {
  it('is UTF-8 where it is, as the platform reads it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
        const bytes = encodeUtf8(value);
        expect(hex(bytes)).toBe(hex(new TextEncoder().encode(value)));
        expect(decodeText(bytes)).toBe(value.replace(/\p{Cc}/gu, ' '));
      }),
    );
  });

  it('is Latin-1 where it is not UTF-8', () => {
    for (const bad of ['ff', 'c0af', 'eda080', 'f4908080', 'e282', '80', 'f0808080', 'c3']) {
      expect(decodeText(bytesOf(bad))).toBe(decodeLatin1(bytesOf(bad)).replace(/\p{Cc}/gu, ' '));
    }
    expect(decodeText(bytesOf('4be47365'))).toBe('Käse');
  });

  it('loses what a Latin-1 clipboard cannot carry, visibly', () => {
    expect(decodeLatin1(encodeLatin1('Käse 🧀'))).toBe('Käse ?');
  });
});
