import type { ConsoleKind, Receipt } from '@porthole/relay-contract';
import type { HubReceipt } from '../hub/hub-receipt.ts';

/** What goes through a relay, summed over everything that is over and everything that lives. */
export interface TrafficSums {
  readonly toBrowsers: number;
  readonly fromBrowsers: number;
  readonly toHosts: number;
  readonly fromHosts: number;
  readonly inputPassed: number;
  readonly inputDropped: number;
}

/** What lives, as it is counted already for the receipts. */
export interface LiveConsoles {
  readonly all: readonly {
    readonly kind: ConsoleKind;
    readonly receipt: Pick<HubReceipt, 'bytesFromHost' | 'bytesToHost'>;
    readonly seats: readonly { readonly receipt: { snapshot(): Receipt } }[];
  }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Sums made of the receipts when somebody asks, so that counting costs the bytes nothing. */
export class Traffic {
  readonly #over: Mutable<TrafficSums> = {
    toBrowsers: 0,
    fromBrowsers: 0,
    toHosts: 0,
    fromHosts: 0,
    inputPassed: 0,
    inputDropped: 0,
  };

  seatOver(receipt: Receipt): void {
    addSeat(this.#over, receipt);
  }

  hubOver(receipt: Pick<HubReceipt, 'bytesFromHost' | 'bytesToHost'>): void {
    addHub(this.#over, receipt);
  }

  sums({ all }: LiveConsoles): TrafficSums {
    const sums = { ...this.#over };
    for (const hub of all) {
      addHub(sums, hub.receipt);
      for (const seat of hub.seats) addSeat(sums, seat.receipt.snapshot());
    }
    return sums;
  }
}

function addSeat(sums: Mutable<TrafficSums>, receipt: Receipt): void {
  sums.toBrowsers += receipt.bytesToBrowser;
  sums.fromBrowsers += receipt.bytesFromBrowser;
  sums.inputPassed += receipt.inputEvents;
  sums.inputDropped += receipt.inputDropped;
}

function addHub(
  sums: Mutable<TrafficSums>,
  { bytesFromHost, bytesToHost }: Pick<HubReceipt, 'bytesFromHost' | 'bytesToHost'>,
): void {
  sums.fromHosts += bytesFromHost;
  sums.toHosts += bytesToHost;
}
