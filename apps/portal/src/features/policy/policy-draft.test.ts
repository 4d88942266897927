import { describe, expect, it } from 'vitest';
import { CLIPBOARD_WAYS, POLICY_SETTINGS, type PolicyValues } from '../../server/policy/policy.ts';
import { CLIPBOARD_CHOICES, draftOf, mergeDraft, SETTINGS, touched, valuesOf } from './policy-draft.ts';

const base: PolicyValues = {
  clipboard: 'both',
  keyboard: 'free',
  idleTimeoutMs: 1_800_000,
  maximumTimeMs: 28_800_000,
  textKeptMs: 900_000,
  scrollbackBytes: 262_144,
  secondFactor: 'off',
  consoleFactorMaxAgeMs: 0,
  breakGlass: 'off',
};

describe('the form of the policy', () => {
  it('has every setting and every way of the clipboard that the server knows', () => {
    expect([SETTINGS, CLIPBOARD_CHOICES]).toEqual([POLICY_SETTINGS, CLIPBOARD_WAYS]);
  });

  it('says what stands, as long as nobody has touched it, in whatever unit it stands', () => {
    const odd = { ...base, idleTimeoutMs: 100_001, scrollbackBytes: 5 };
    expect(valuesOf(odd, draftOf(odd))).toEqual(odd);
    expect(touched(odd, draftOf(odd))).toEqual([]);
  });

  it('reads minutes and hours', () => {
    const draft = { ...draftOf(base), idleTimeoutMs: '10', maximumTimeMs: '1,5', textKeptMs: '0' };
    expect(valuesOf(base, draft)).toEqual({
      ...base,
      idleTimeoutMs: 600_000,
      maximumTimeMs: 5_400_000,
      textKeptMs: 0,
    });
    expect(touched(base, draft)).toEqual(['idleTimeoutMs', 'maximumTimeMs', 'textKeptMs']);
  });

  it.each([
    ['idleTimeoutMs', '0.9'],
    ['idleTimeoutMs', '31'],
    ['idleTimeoutMs', ''],
    ['maximumTimeMs', '8.1'],
    ['textKeptMs', '16'],
    ['textKeptMs', 'none'],
    ['keyboard', 'anybody'],
  ] as const)('says nothing while %s is “%s”', (setting, text) => {
    expect(valuesOf(base, { ...draftOf(base), [setting]: text })).toBeNull();
  });
});

describe('another’s change under a form that is being filled in', () => {
  const mine = { ...draftOf(base), clipboard: 'none', idleTimeoutMs: '10' };

  it('is taken where nothing was touched, and what was touched is kept', () => {
    expect(mergeDraft(base, mine, { ...base, keyboard: 'ask-only' })).toEqual({
      draft: { ...mine, keyboard: 'ask-only' },
      clashes: [],
    });
  });

  it('clashes where both have changed the same to something else', () => {
    const theirs: PolicyValues = { ...base, clipboard: 'into', idleTimeoutMs: 600_000 };
    expect(mergeDraft(base, mine, theirs)).toEqual({ draft: mine, clashes: ['clipboard'] });
  });
});
