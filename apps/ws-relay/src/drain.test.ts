import { createLogger } from '@porthole/logger';
import { describe, expect, it } from 'vitest';
import { type DrainTimes, drain } from './drain.ts';
import { ManualClock } from './manual-clock.ts';

/** Consoles with so many seats each, drained on a clock that the test moves. */
function draining(seatsOf: readonly number[], times: DrainTimes, deaf: readonly number[] = []) {
  const clock = new ManualClock();
  const told: [hub: number, atMs: number][] = [];
  let hardStops = 0;
  const all = seatsOf.map((count, index) => {
    const ends: (() => void)[] = [];
    const seats = Array.from({ length: count }, () => ({
      ended: new Promise<void>((resolve) => ends.push(resolve)),
    }));
    const end = () => {
      told.push([index, clock.now()]);
      if (!deaf.includes(index)) endSeats();
    };
    const endSeats = () => {
      for (const resolve of ends) resolve();
    };
    return { seats, end, endSeats };
  });
  const state = { over: false };
  const log = createLogger({ app: 'test', level: 'silent' });
  const endAll = () => {
    hardStops += 1;
    for (const hub of all) hub.endSeats();
  };
  void drain({ hubs: { all, endAll }, clock, log }, times).then(() => {
    state.over = true;
  });
  return { clock, told, state, hardStops: () => hardStops };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const TIMES = { spreadMs: 60_000, hardStopMs: 120_000 };

describe('draining', () => {
  it('tells consoles one by one, evenly over the time there is', async () => {
    const { clock, told, state } = draining([1, 1, 1, 1], TIMES);
    clock.advance(60_000);
    expect(told).toEqual([
      [0, 0],
      [1, 15_000],
      [2, 30_000],
      [3, 45_000],
    ]);
    await settled();
    expect(state.over).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('tells all seats of a console at once, however many they are', () => {
    const { clock, told } = draining([30, 1], TIMES);
    clock.advance(60_000);
    expect(told).toEqual([
      [0, 0],
      [1, 30_000],
    ]);
  });

  it('ends a console that nobody sits at, at once', async () => {
    const { told, state, clock } = draining([0, 0], TIMES);
    await settled();
    expect(told).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(state.over).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('does not wait beyond the hard stop', async () => {
    const { clock, state, hardStops } = draining([1, 1], TIMES, [1]);
    clock.advance(119_999);
    await settled();
    expect([state.over, hardStops()]).toEqual([false, 0]);
    clock.advance(1);
    await settled();
    expect([state.over, hardStops()]).toEqual([true, 1]);
  });

  it('stops hard before everybody was told, where that is asked for', async () => {
    const { clock, told, state } = draining([1, 1, 1, 1], { spreadMs: 60_000, hardStopMs: 20_000 });
    clock.advance(20_000);
    await settled();
    expect(state.over).toBe(true);
    clock.advance(60_000);
    expect(told).toHaveLength(2);
  });
});
