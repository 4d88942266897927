import { describe, expect, it } from 'vitest';
import { asRules, gapOf, isSame, moved, type RuleDraft } from './rule-draft.ts';

const acme = { slug: 'acme', name: 'Acme' };
const rule = (key: string): RuleDraft => ({ key, kind: 'tag', pattern: key, holder: acme });

describe('a rule while it is written', () => {
  it.each([
    ['tag', ' ', 'pattern'],
    ['folder', 'customers/acme', 'folder'],
    ['name', 'x'.repeat(201), 'long'],
    ['folder', '/customers/acme', null],
    ['name', 'web-*', null],
  ] as const)('of %s "%s" lacks %s', (kind, pattern, gap) => {
    expect(gapOf(kind, pattern, acme)).toBe(gap);
  });

  it('needs an organisation', () => {
    expect(gapOf('tag', 'acme', null)).toBe('holder');
  });
});

describe('the order of rules', () => {
  it('changes by one place, and not over the ends', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
  });

  it('counts, keys do not', () => {
    expect(isSame([rule('a')], [{ ...rule('b'), pattern: 'a' }])).toBe(true);
    expect(isSame([rule('a'), rule('b')], [rule('b'), rule('a')])).toBe(false);
    expect(asRules([rule('a')])).toEqual([{ kind: 'tag', pattern: 'a', holder: 'acme' }]);
  });
});
