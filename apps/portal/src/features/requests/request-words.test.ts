import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import type { RequestRow } from '../../server/requests/request-row.ts';
import english from '../../words/en.json' with { type: 'json' };
import type { Words } from '../../words/use-words.ts';
import { lengthsUpTo, lengthWord, stateSentence } from './request-words.ts';

const t = createTranslator({ locale: 'en', messages: english }) as Words;
const HOUR_MS = 3_600_000;
const now = new Date('2026-11-29T10:00:00Z');
const row: RequestRow = {
  id: '',
  kind: 'access',
  asker: { id: '', name: 'Mira' },
  vm: { id: '', name: 'db-01' },
  role: 'operator',
  lengthMs: 4 * HOUR_MS,
  reason: 'disk full',
  createdAt: now,
  expiresAt: new Date(now.getTime() + HOUR_MS),
  state: 'waiting',
  ended: null,
  answer: '',
  given: null,
  confirmedBy: [],
  review: null,
  mine: false,
  mayAnswer: true,
  mayReview: false,
};

describe('the words of a request', () => {
  it.each([
    [900_000, '15 minutes'],
    [HOUR_MS, '1 hour'],
    [12 * HOUR_MS, '12 hours'],
    [24 * HOUR_MS, '1 day'],
    [168 * HOUR_MS, '7 days'],
  ])('say %d ms as people do', (ms, word) => expect(lengthWord(ms, t)).toBe(word));

  it('offer nothing longer than was asked for', () => {
    expect(lengthsUpTo(4 * HOUR_MS, [HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS])).toEqual([HOUR_MS, 4 * HOUR_MS]);
  });

  it('say who decided what, and that access is over', () => {
    const ended = { by: 'Jon', at: now };
    const given = { role: 'viewer' as const, until: new Date(now.getTime() - 1) };
    expect(stateSentence({ ...row, state: 'refused', ended, answer: 'not today' }, now, t)).toContain(
      'not today',
    );
    expect(stateSentence({ ...row, state: 'approved', ended, given }, now, t)).toMatch(/Jon.*Viewer.*ended/);
    expect(stateSentence({ ...row, kind: 'break-glass', confirmedBy: ['Jon'] }, now, t)).toContain('Jon');
  });
});
