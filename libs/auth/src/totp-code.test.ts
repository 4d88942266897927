import { describe, expect, it } from 'vitest';
import { newFactorKey, parseFactorKey } from './factor-key.ts';
import { openFor, sealFor } from './seed-seal.ts';
import { codeAt, matchingStep, newSeed, seedForApp, stepOf } from './totp-code.ts';

/** RFC 6238, appendix B, the last six of its eight digits. */
const RFC_SEED = new TextEncoder().encode('12345678901234567890');

describe('codes of an app', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at %d s', (seconds, code) => {
    const at = new Date(seconds * 1_000);
    expect(codeAt(RFC_SEED, stepOf(at))).toBe(code);
    expect(matchingStep(RFC_SEED, code, at)).toBe(stepOf(at));
  });

  it('may be one step early or late, and no more', () => {
    const at = new Date('2026-05-03T14:00:00Z');
    const drifts = [-2, -1, 0, 1, 2].map((drift) =>
      matchingStep(RFC_SEED, codeAt(RFC_SEED, stepOf(at) + drift), at),
    );
    expect(drifts).toEqual([null, stepOf(at) - 1, stepOf(at), stepOf(at) + 1, null]);
  });

  it('are six digits and nothing else', () => {
    for (const typed of ['', '28708', '2870820', 'abcdef', '28708２'])
      expect(matchingStep(RFC_SEED, typed, new Date(59_000))).toBeNull();
  });

  it('come from a seed that an app can take', () => {
    expect(seedForApp(RFC_SEED, 'mira@acme.example')).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      uri: expect.stringContaining('otpauth://totp/Porthole:mira%40acme.example'),
    });
  });
});

describe('a sealed seed', () => {
  const key = parseFactorKey(newFactorKey().reveal());
  const seed = newSeed();

  it('opens for its person with its key', () => {
    expect([...openFor(key, 'totp-v1|mira', sealFor(key, 'totp-v1|mira', seed)).reveal()]).toEqual([...seed]);
  });

  it('opens for nobody else, by no other key, and not once a byte differs', () => {
    const sealed = sealFor(key, 'totp-v1|mira', seed);
    const other = parseFactorKey(newFactorKey().reveal());
    const flipped = { ...sealed, ct: sealed.ct.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) };
    const shorter = { ...sealed, tag: sealed.tag.slice(0, 12) };
    expect(() => openFor(key, 'totp-v1|tom', sealed)).toThrow();
    expect(() => openFor(other, 'totp-v1|mira', sealed)).toThrow();
    expect(() => openFor(other, 'totp-v1|mira', { ...sealed, kid: other.kid })).toThrow();
    for (const damaged of [flipped, shorter]) expect(() => openFor(key, 'totp-v1|mira', damaged)).toThrow();
  });

  it('is not made by a key of another size', () => {
    for (const text of ['', 'short', 'A'.repeat(44), '!'.repeat(43)])
      expect(() => parseFactorKey(text)).toThrow(expect.objectContaining({ code: 'auth/factor-key' }));
  });
});
