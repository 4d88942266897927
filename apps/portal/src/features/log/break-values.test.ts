import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import words from '../../words/en.json' with { type: 'json' };
import { breakValues, placeOf } from './break-values.ts';

const t = createTranslator({ locale: 'en', messages: words });

describe('what is wrong with a log', () => {
  it.each([
    [
      { seq: 5, why: 'changed', found: 5 },
      'Event 5 was changed',
      /^Its content doesn’t fit .* All before 5 is intact\.$/,
    ],
    [
      { seq: 5, why: 'missing', found: 8 },
      '3 events are missing',
      /^After 4 comes 8\. All before 5 is intact\.$/,
    ],
    [{ seq: 5, why: 'out-of-order', found: 3 }, 'Events are out of order', /^3 doesn’t follow 4\. /],
    [{ seq: 1201, why: 'cut', found: null }, 'The end is missing', /^The log ends at 1200, /],
  ] as const)('is told with its numbers: %o', (broken, title, sentence) => {
    expect(t('verify.broken.title', breakValues(broken))).toBe(title);
    expect(t('verify.broken.sentence', breakValues(broken))).toMatch(sentence);
  });

  it('leads to an event that is there', () => {
    expect(placeOf({ seq: 5, why: 'missing', found: 8 })).toBe(8);
    expect(placeOf({ seq: 5, why: 'cut', found: null })).toBe(4);
  });
});
