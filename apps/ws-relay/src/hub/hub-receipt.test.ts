import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { HubReceiptCounter } from './hub-receipt.ts';
import { ReceiptCounter } from './receipt.ts';

function counting() {
  const clock = new ManualClock();
  const seat = () => ({ receipt: new ReceiptCounter(clock) });
  return { clock, seat, counter: new HubReceiptCounter(clock) };
}

describe('the receipt of a hub', () => {
  it('counts what came over the tunnel once, whoever looked', () => {
    const { clock, counter } = counting();
    counter.fromHost(1_000);
    counter.toHost(10);
    const raw = { encoding: 'raw', rectangles: 2, pixels: 8 } as const;
    counter.update({ painted: [{ encoding: 'tight', rectangles: 1, pixels: 640 * 480 }, raw] });
    counter.redialled();
    clock.advance(2_500);
    expect(counter.snapshot()).toEqual({
      durationMs: 2_500,
      updates: 1,
      rectangles: { tight: 1, raw: 2 },
      pixels: 640 * 480 + 8,
      bytesFromHost: 1_000,
      bytesToHost: 10,
      inputEvents: 0,
      inputDropped: 0,
      redials: 1,
      seats: 0,
      mostSeats: 0,
    });
  });

  it('adds the input of seats that left to that of seats that are there', () => {
    const { counter, seat } = counting();
    const [first, second] = [seat(), seat()];
    counter.seatJoined(first);
    first.receipt.input(3);
    counter.seatJoined(second);
    counter.seatLeft(first);
    counter.seatLeft(first);
    second.receipt.input(2);
    second.receipt.inputDropped(5);
    expect(counter.snapshot()).toMatchObject({ inputEvents: 5, inputDropped: 5, seats: 2, mostSeats: 2 });
    counter.seatJoined(seat());
    expect(counter.snapshot()).toMatchObject({ seats: 3, mostSeats: 2 });
  });
});
