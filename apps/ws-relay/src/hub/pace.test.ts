import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { PACE_BURST_MS, Pace } from './pace.ts';

const BYTES_PER_SECOND = 1_000_000;

function pacing() {
  const clock = new ManualClock();
  const told: string[] = [];
  const pace = new Pace(clock, {
    bytesPerSecond: BYTES_PER_SECOND,
    hold: () => told.push('hold'),
    release: () => told.push('release'),
  });
  return { clock, told, pace };
}

describe('the pace of a console', () => {
  it('lets a burst pass, and then holds for as long as what is too much takes', () => {
    const { clock, told, pace } = pacing();
    pace.spend(PACE_BURST_MS * (BYTES_PER_SECOND / 1_000));
    expect(told).toEqual([]);
    pace.spend(50_000);
    expect(told).toEqual(['hold']);
    clock.advance(49);
    expect(told).toEqual(['hold']);
    clock.advance(1);
    expect(told).toEqual(['hold', 'release']);
  });

  it('passes no more than its rate over time, whatever comes at once', () => {
    const { clock, told, pace } = pacing();
    let passed = 0;
    for (let ms = 0; ms < 60_000; ms += 1) {
      // What had been read before the tunnel stood still comes all the same.
      if (told.at(-1) !== 'hold') {
        pace.spend(64_000);
        passed += 64_000;
      }
      clock.advance(1);
    }
    expect(passed / 61).toBeGreaterThan(0.98 * BYTES_PER_SECOND);
    expect(passed / 61).toBeLessThan(1.02 * BYTES_PER_SECOND);
  });

  it('saves up no more than a burst while nothing comes', () => {
    const { clock, told, pace } = pacing();
    clock.advance(3_600_000);
    pace.spend(BYTES_PER_SECOND + 1);
    expect(told).toEqual(['hold']);
  });

  it('counts what comes while it holds, and releases nobody after its end', () => {
    const { clock, told, pace } = pacing();
    pace.spend(2 * BYTES_PER_SECOND);
    pace.spend(BYTES_PER_SECOND);
    clock.advance(1_000);
    expect(told).toEqual(['hold', 'release']);
    pace.spend(1);
    expect(told.at(-1)).toBe('hold');
    pace.cancel();
    expect(clock.waiting).toBe(0);
  });
});
