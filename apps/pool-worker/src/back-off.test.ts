import { describe, expect, it } from 'vitest';
import { createBackOff, FIRST_WAIT_MS, LONGEST_WAIT_MS } from './back-off.ts';

describe('waits after failures', () => {
  it('double up to a bound', () => {
    const backOff = createBackOff({ random: () => 1 });
    const waits = Array.from({ length: 10 }, () => backOff.next());
    expect(waits.slice(0, 3)).toEqual([FIRST_WAIT_MS, FIRST_WAIT_MS * 2, FIRST_WAIT_MS * 4]);
    expect(waits.at(-1)).toBe(LONGEST_WAIT_MS);
  });

  it('spread over their upper half, so that none comes back at once', () => {
    const [least, most] = [createBackOff({ random: () => 0 }), createBackOff({ random: () => 1 })];
    for (let n = 0; n < 12; n += 1) expect(least.next()).toBe(most.next() / 2);
  });

  it('start small again after a success', () => {
    const backOff = createBackOff({ random: () => 1 });
    backOff.next();
    backOff.next();
    backOff.reset();
    expect(backOff.next()).toBe(FIRST_WAIT_MS);
  });

  it('stay bounded after any number of failures', () => {
    const backOff = createBackOff({ random: () => 1 });
    for (let n = 0; n < 5_000; n += 1) expect(backOff.next()).toBeLessThanOrEqual(LONGEST_WAIT_MS);
  });
});
