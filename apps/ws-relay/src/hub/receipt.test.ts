import { receiptSchema } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { ReceiptCounter } from './receipt.ts';

describe('a receipt', () => {
  it('is of the form the contract promises, from the first moment', () => {
    expect(receiptSchema.parse(new ReceiptCounter(new ManualClock()).snapshot())).toMatchObject({
      durationMs: 0,
      firstPictureMs: null,
    });
  });

  it('counts what passed', () => {
    const counter = new ReceiptCounter(new ManualClock());
    counter.toBrowser(100);
    counter.fromBrowser(8);
    const tight = { encoding: 'tight', rectangles: 1, pixels: 640 * 480 } as const;
    counter.update({ painted: [tight, { encoding: 'raw', rectangles: 1, pixels: 4 }] });
    counter.update({ painted: [{ ...tight, pixels: 10 }] });
    counter.input(2);
    counter.inputDropped(3);
    expect(receiptSchema.parse(counter.snapshot())).toMatchObject({
      updates: 2,
      rectangles: { tight: 2, raw: 1 },
      pixels: 640 * 480 + 14,
      bytesToBrowser: 100,
      bytesFromBrowser: 8,
      inputEvents: 2,
      inputDropped: 3,
    });
  });

  it('knows the first picture only once', () => {
    const clock = new ManualClock();
    const counter = new ReceiptCounter(clock);
    clock.advance(180);
    expect(counter.picture()).toBe(180);
    clock.advance(50);
    expect(counter.picture()).toBeNull();
    expect(counter.snapshot().firstPictureMs).toBe(180);
  });

  it('tells the longest silence, the one under way included', () => {
    const clock = new ManualClock();
    const counter = new ReceiptCounter(clock);
    clock.advance(3_000);
    counter.toBrowser(1);
    clock.advance(1_000);
    counter.toBrowser(1);
    expect(counter.snapshot().longestSilenceMs).toBe(3_000);
    clock.advance(7_000);
    expect(counter.snapshot()).toMatchObject({ longestSilenceMs: 7_000, durationMs: 11_000 });
  });
});
