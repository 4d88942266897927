import { POWER_CAUSES, POWER_FAILURES } from '@porthole/rbac';
import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import words from '../../words/en.json' with { type: 'json' };
import { endOfPower, offersAfter } from './end-of-power.ts';

const t = createTranslator({ locale: 'en', messages: words });
const values = {
  machine: 'web-01',
  state: 'off',
  operation: 'none',
  doing: '',
  act: 'shut down',
  m: 2,
  memory: 'none',
  amount: '',
  text: 'none',
  words: '',
  time: '14:02',
};
const sentence = (failure: string) => {
  const { row, why } = endOfPower(failure);
  return t(`power.end.${row}.sentence`, { ...values, why });
};

describe('how a power operation ended', () => {
  it('has a sentence of its own for every cause, and none with a gap', () => {
    const all = [...POWER_FAILURES, ...POWER_CAUSES].map(sentence);
    const own = POWER_CAUSES.map((cause) => [sentence(cause), sentence(cause.split('-')[0] ?? '')]);
    expect(all.filter((text) => /[{}]|power\.end|\s{2}/.test(text))).toEqual([]);
    expect(own.filter(([mine, general]) => mine === general)).toEqual([]);
  });

  it('is a refusal without a reason where nobody knows the code', () => {
    expect(endOfPower('something-new')).toMatchObject({ row: 'refused' });
    expect(endOfPower(null)).toMatchObject({ row: 'refused' });
  });

  it('offers a way round, or the same again, and nothing where an administrator said no', () => {
    expect(offersAfter('deaf', 'clean_shutdown')).toEqual(['openConsole', 'hard_shutdown']);
    expect(offersAfter('device', 'suspend')).toEqual(['clean_shutdown']);
    expect(offersAfter('room', 'start')).toEqual(['start']);
    expect(offersAfter('blocked', 'start')).toEqual([]);
  });
});
