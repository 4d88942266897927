import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

/** The definition itself, without a thought of speed: what the walk has to agree with. */
function defined([first, ...rest]: readonly string[], text: readonly string[]): boolean {
  if (first === undefined) return text.length === 0;
  if (first === '*')
    return defined(rest, text) || (text.length > 0 && defined([first, ...rest], text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && defined(rest, text.slice(1));
}

describe('a pattern of names', () => {
  it.each([
    ['web-*', 'web-01', true],
    ['web-*', 'web-', true],
    ['web-*', 'db-web-01', false],
    ['*-prod', 'shop-prod', true],
    ['*-prod', 'shop-prod-2', false],
    ['web-0?', 'web-01', true],
    ['web-0?', 'web-010', false],
    ['WEB-*', 'web-01', true],
    ['Ärger*', 'äRGER-1', true],
    ['?', '\u{1F600}', true],
    ['a.c', 'abc', false],
    ['[ab]*', '[AB]c', true],
    ['*', '', true],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(compileGlob(pattern)(name)).toBe(fits);
  });

  it('means what its definition says, whatever stands in it', () => {
    const letters = (most: number) =>
      fc.array(fc.constantFrom('a', 'b', '*', '?', '.', '\u{1F600}'), { maxLength: most });
    fc.assert(
      fc.property(letters(7), letters(9), (pattern, text) => {
        expect(compileGlob(pattern.join(''))(text.join(''))).toBe(defined(pattern, text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never slow, where a regular expression would try 2^60 ways', () => {
    const fits = compileGlob(`${'*a'.repeat(99)}b`);
    const began = performance.now();
    expect(fits('a'.repeat(300))).toBe(false);
    expect(performance.now() - began).toBeLessThan(250);
  });
});
