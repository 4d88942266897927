import { ENCODING } from '@porthole/rfb';
import { describe, expect, it } from 'vitest';
import { RecordingSeat } from './recording-seat.ts';
import type { ScreenUnit } from './screen-unit.ts';
import { SeatOutlet } from './seat-outlet.ts';

/** A rectangle that can be told from others by its one byte. */
const unit = (mark: number): ScreenUnit => ({
  rectangles: [Uint8Array.of(mark)],
  encoding: 'raw',
  bytes: 1,
  pixels: 1,
  endsUpdate: false,
});

const HEAD_BYTES = 4;

function outletWithCredit() {
  const recording = new RecordingSeat();
  const outlet = new SeatOutlet(recording.seat);
  outlet.ask([ENCODING.raw]);
  outlet.credit(false);
  return { outlet, marks: () => [...recording.taken().subarray(HEAD_BYTES)] };
}

describe('what waits for a seat', () => {
  it('gets the whole picture, then each change', () => {
    const { outlet, marks } = outletWithCredit();
    outlet.catchUp(5);
    outlet.push(6, unit(6));
    expect(outlet.deliver(5, [unit(5)])).toBe(true);
    expect(marks()).toEqual([5, 6]);
    outlet.credit(true);
    outlet.push(7, unit(7));
    expect(marks()).toEqual([7]);
  });

  it('leaves out a change from before the picture, also where it was encoded only after it', () => {
    const { outlet, marks } = outletWithCredit();
    outlet.catchUp(5);
    outlet.push(4, unit(4));
    outlet.deliver(5, [unit(5)]);
    expect(marks()).toEqual([5]);
    outlet.credit(true);
    outlet.push(4, unit(4));
    outlet.push(5, unit(5));
    expect(marks()).toEqual([]);
    expect(outlet.isHungry).toBe(true);
  });

  it('misses nothing where a change from before the picture is not in its form', () => {
    const { outlet } = outletWithCredit();
    outlet.catchUp(5);
    outlet.deliver(5, [unit(5)]);
    outlet.miss(4);
    expect(outlet.follows).toBe(true);
    outlet.miss(6);
    expect(outlet.follows).toBe(false);
  });
});
