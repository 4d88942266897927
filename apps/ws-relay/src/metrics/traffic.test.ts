import { describe, expect, it } from 'vitest';
import { HubReceiptCounter } from '../hub/hub-receipt.ts';
import { ReceiptCounter } from '../hub/receipt.ts';
import { ManualClock } from '../manual-clock.ts';
import { Traffic } from './traffic.ts';

function liveHub() {
  const clock = new ManualClock();
  const counter = new HubReceiptCounter(clock);
  const seat = { receipt: new ReceiptCounter(clock) };
  const hub = {
    kind: 'screen' as const,
    seats: [seat],
    get receipt() {
      return counter.snapshot();
    },
  };
  counter.seatJoined(seat);
  counter.fromHost(1_000);
  counter.toHost(10);
  seat.receipt.toBrowser(900);
  seat.receipt.fromBrowser(8);
  seat.receipt.input(2);
  seat.receipt.inputDropped(3);
  return { hub, seat };
}

describe('the traffic of a relay', () => {
  it('is the same before and after an end: nothing is counted twice or lost', () => {
    const traffic = new Traffic();
    const { hub, seat } = liveHub();
    const live = traffic.sums({ all: [hub] });
    expect(live).toEqual({
      toBrowsers: 900,
      fromBrowsers: 8,
      toHosts: 10,
      fromHosts: 1_000,
      inputPassed: 2,
      inputDropped: 3,
    });
    traffic.hubOver(hub.receipt);
    traffic.seatOver(seat.receipt.snapshot());
    expect(traffic.sums({ all: [] })).toEqual(live);
    expect(traffic.sums({ all: [liveHub().hub] })).toMatchObject({ toBrowsers: 1_800, fromHosts: 2_000 });
  });
});
