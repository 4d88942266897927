import { LIMITS } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { SeatTimers, seatTimes } from './seat-timers.ts';

function timed(times = { idleTimeoutMs: 600_000, maximumTimeMs: 3_600_000 }) {
  const clock = new ManualClock();
  const heard: string[] = [];
  const timers = new SeatTimers(clock, times, {
    idleSoon: (ms) => heard.push(`idle-soon ${ms}`),
    idle: () => heard.push('idle'),
    maximumSoon: (ms) => heard.push(`max-soon ${ms}`),
    maximumTime: () => heard.push('maximum-time'),
  });
  return { clock, heard, timers };
}

describe('the times of a seat', () => {
  it('may be shortened by the organisation and by the pool, never lengthened', () => {
    const none = { idleTimeoutMs: null, maximumTimeMs: null };
    expect(seatTimes(none, null)).toEqual({
      idleTimeoutMs: LIMITS.idleTimeoutMs,
      maximumTimeMs: LIMITS.maximumTimeMs,
    });
    expect(seatTimes({ idleTimeoutMs: 60_000, maximumTimeMs: 120_000 }, 90)).toEqual({
      idleTimeoutMs: 60_000,
      maximumTimeMs: 120_000,
    });
    expect(seatTimes(none, 90).idleTimeoutMs).toBe(90_000);
    expect(seatTimes(none, 0).idleTimeoutMs).toBe(LIMITS.idleTimeoutMs);
    expect(seatTimes({ idleTimeoutMs: 10 ** 9, maximumTimeMs: 10 ** 9 }, null)).toEqual(
      seatTimes(none, null),
    );
  });

  it('warns a minute before it ends an idle seat', () => {
    const { clock, heard } = timed();
    clock.advance(539_999);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual(['idle-soon 60000']);
    clock.advance(60_000);
    expect(heard).toEqual(['idle-soon 60000', 'idle']);
  });

  it('begins afresh with each input, and warns again', () => {
    const { clock, heard, timers } = timed();
    clock.advance(550_000);
    timers.input();
    clock.advance(539_999);
    expect(heard).toEqual(['idle-soon 60000', 'idle-soon null']);
    clock.advance(1);
    expect(heard).toEqual(['idle-soon 60000', 'idle-soon null', 'idle-soon 60000']);
  });

  it('says once that somebody is there after all', () => {
    const { clock, heard, timers } = timed();
    timers.input();
    clock.advance(570_000);
    for (let key = 0; key < 5; key += 1) timers.input();
    expect(heard).toEqual(['idle-soon 60000', 'idle-soon null']);
  });

  it('tells of the longest time ten, five and one minutes before it ends', () => {
    const { clock, heard, timers } = timed({ idleTimeoutMs: 3_600_000, maximumTimeMs: 1_800_000 });
    clock.advance(1_199_999);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual(['max-soon 600000']);
    clock.advance(300_000);
    timers.input();
    clock.advance(240_000);
    expect(heard).toEqual(['max-soon 600000', 'max-soon 300000', 'max-soon 60000']);
    clock.advance(60_000);
    expect(heard.at(-1)).toBe('maximum-time');
  });

  it('leaves out the notices that a short time has no room for', () => {
    const { clock, heard } = timed({ idleTimeoutMs: 3_600_000, maximumTimeMs: 300_000 });
    clock.advance(300_000);
    expect(heard).toEqual(['max-soon 60000', 'maximum-time']);
  });

  it('ends with the longest time however busy one is', () => {
    const { clock, heard, timers } = timed();
    for (let minutes = 0; minutes < 60; minutes += 1) {
      clock.advance(60_000);
      timers.input();
    }
    expect(heard).toEqual(['max-soon 600000', 'max-soon 300000', 'max-soon 60000', 'maximum-time']);
  });

  it.each<[string, (clock: ManualClock, timers: SeatTimers) => void, string[]]>([
    [
      'shortened with room to spare count from the beginning',
      (clock, timers) => {
        clock.advance(60_000);
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 420_000 });
        clock.advance(360_000);
      },
      ['max-soon 360000', 'max-soon 300000', 'max-soon 60000', 'maximum-time'],
    ],
    [
      'shortened to less than has passed leave a minute',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 120_000 });
        clock.advance(59_999);
      },
      ['max-soon 60000'],
    ],
    [
      'shortened end then, however busy one is',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 120_000 });
        timers.input();
        clock.advance(60_000);
      },
      ['max-soon 60000', 'maximum-time'],
    ],
    [
      'shortened twice give one minute, not two',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 120_000 });
        clock.advance(30_000);
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 60_000 });
        clock.advance(30_000);
      },
      ['max-soon 60000', 'max-soon 30000', 'maximum-time'],
    ],
    [
      'lengthened take a notice back',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 120_000 });
        timers.setTimes({ idleTimeoutMs: 600_000, maximumTimeMs: 3_600_000 });
        timers.input();
        clock.advance(500_000);
      },
      ['max-soon 60000', 'max-soon null'],
    ],
    [
      'of idleness, shortened, warn at once and for as long as ever',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 120_000, maximumTimeMs: 3_600_000 });
        clock.advance(59_999);
      },
      ['idle-soon 60000'],
    ],
    [
      'of idleness, shortened, end then who is away',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 120_000, maximumTimeMs: 3_600_000 });
        clock.advance(60_000);
      },
      ['idle-soon 60000', 'idle'],
    ],
    [
      'of idleness, shortened, count from the next input on',
      (clock, timers) => {
        clock.advance(300_000);
        timers.setTimes({ idleTimeoutMs: 120_000, maximumTimeMs: 3_600_000 });
        timers.input();
        clock.advance(120_000);
      },
      ['idle-soon 60000', 'idle-soon null', 'idle-soon 60000', 'idle'],
    ],
    [
      'of idleness never end later for being shortened',
      (clock, timers) => {
        clock.advance(570_000);
        timers.setTimes({ idleTimeoutMs: 300_000, maximumTimeMs: 3_600_000 });
        clock.advance(30_000);
      },
      ['idle-soon 60000', 'idle-soon 30000', 'idle'],
    ],
    [
      'of idleness, lengthened, take the warning back',
      (clock, timers) => {
        clock.advance(570_000);
        timers.setTimes({ idleTimeoutMs: 1_800_000, maximumTimeMs: 3_600_000 });
        clock.advance(1_169_999);
      },
      ['idle-soon 60000', 'idle-soon null'],
    ],
  ])('%s', (_claim, happens, told) => {
    const { clock, heard, timers } = timed();
    happens(clock, timers);
    expect(heard).toEqual(told);
    timers.cancel();
    expect(clock.waiting).toBe(0);
  });

  it('is silent once cancelled', () => {
    const { clock, heard, timers } = timed();
    timers.cancel();
    clock.advance(10_000_000);
    expect(heard).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
