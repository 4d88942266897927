import { LIMITS } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { StallWatch } from './stall-watch.ts';

describe('a browser that takes nothing', () => {
  it('is stalled after its time and not before', () => {
    const clock = new ManualClock();
    const watch = new StallWatch(clock);
    expect(watch.isStalled(5_000_000)).toBe(false);
    clock.advance(LIMITS.stalledMs - 1);
    expect(watch.isStalled(5_000_000)).toBe(false);
    clock.advance(1);
    expect(watch.isStalled(5_000_000)).toBe(true);
  });

  it('is slow and no more while it takes something', () => {
    const clock = new ManualClock();
    const watch = new StallWatch(clock);
    for (let queued = 5_000_000; queued > 4_000_000; queued -= 100_000) {
      expect(watch.isStalled(queued)).toBe(false);
      clock.advance(LIMITS.stalledMs - 1);
    }
  });

  it('is not stalled with nothing to take', () => {
    const clock = new ManualClock();
    const watch = new StallWatch(clock);
    clock.advance(10 * LIMITS.stalledMs);
    expect(watch.isStalled(0)).toBe(false);
  });
});
