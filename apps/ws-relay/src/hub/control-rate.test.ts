import { MAX_CONTROL_PER_SECOND } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ControlRate } from './control-rate.ts';

describe('the rate of control messages', () => {
  it('allows as many as the limit within a second and not one more', () => {
    const rate = new ControlRate();
    const answers = Array.from({ length: MAX_CONTROL_PER_SECOND + 1 }, (_, i) => rate.allows(i));
    expect(answers.filter(Boolean)).toHaveLength(MAX_CONTROL_PER_SECOND);
    expect(answers.at(-1)).toBe(false);
  });

  it('slides with time', () => {
    const rate = new ControlRate(2);
    expect([rate.allows(0), rate.allows(900), rate.allows(999)]).toEqual([true, true, false]);
    expect([rate.allows(1_000), rate.allows(1_001)]).toEqual([true, false]);
  });

  it('may count in another window', () => {
    const rate = new ControlRate(1, 10_000);
    expect([rate.allows(0), rate.allows(9_999), rate.allows(10_000)]).toEqual([true, false, true]);
  });
});
