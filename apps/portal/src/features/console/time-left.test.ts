import { describe, expect, it } from 'vitest';
import { longestTime, minutesLeft, nextEnd } from './time-left.ts';

const MINUTE = 60_000;

describe('the time that is left', () => {
  it('is told from fifteen minutes before the end, and not after it', () => {
    expect(minutesLeft(null, 0)).toBeNull();
    expect(minutesLeft(15 * MINUTE + 1, 0)).toBeNull();
    expect(minutesLeft(15 * MINUTE, 0)).toBe(15);
    expect(minutesLeft(30_000, 0)).toBe(1);
    expect(minutesLeft(0, 0)).toBe(0);
    expect(minutesLeft(0, MINUTE)).toBeNull();
  });

  it('is that of what ends first', () => {
    const maximum = (minutes: number) => ({ closesAt: minutes * MINUTE, toldAt: 0 });
    expect(nextEnd({ endsAt: null, maximum: null }, 0)).toBeNull();
    expect(nextEnd({ endsAt: 12 * MINUTE, maximum: null }, 0)).toEqual({ minutes: 12, why: 'access' });
    expect(nextEnd({ endsAt: null, maximum: maximum(10) }, 0)).toEqual({ minutes: 10, why: 'maximum' });
    expect(nextEnd({ endsAt: 4 * MINUTE, maximum: maximum(10) }, 0)).toEqual({ minutes: 4, why: 'access' });
    expect(nextEnd({ endsAt: 60 * MINUTE, maximum: maximum(5) }, 0)).toEqual({ minutes: 5, why: 'maximum' });
  });

  it('is of a longest time in hours, or in minutes where those are not whole', () => {
    expect(longestTime(null)).toEqual({ n: 8, unit: 'hours' });
    expect(longestTime(3_600_000)).toEqual({ n: 1, unit: 'hours' });
    expect(longestTime(90 * MINUTE)).toEqual({ n: 90, unit: 'minutes' });
  });
});
