import { describe, expect, it } from 'vitest';
import { LONGEST_DELAY_MS, reconnectDelay } from './reconnect-delay.ts';

describe('the wait before a new try', () => {
  it('doubles its bound and never passes 15 s', () => {
    expect([0, 1, 2, 3].map((attempt) => reconnectDelay(attempt, 1))).toEqual([500, 1000, 2000, 4000]);
    expect(reconnectDelay(30, 1)).toBe(LONGEST_DELAY_MS);
  });

  it('is spread from nothing to its bound', () => {
    expect(reconnectDelay(5, 0)).toBe(0);
    expect(reconnectDelay(2, 0.5)).toBe(1000);
  });
});
