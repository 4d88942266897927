import type { Receipt } from '@porthole/relay-contract';
import type { UpdateSummary } from '@porthole/rfb';
import type { Clock } from '../clock.ts';
import { PaintedCount } from './painted-count.ts';

/** What was measured for one hub, from its first tunnel on (architecture §2, "Receipt per seat and hub"). */
export type HubReceipt = {
  readonly durationMs: number;
  readonly updates: number;
  readonly rectangles: Readonly<Record<string, number>>;
  readonly pixels: number;
  readonly bytesFromHost: number;
  readonly bytesToHost: number;
  /** Of all its seats together; counted, never kept. */
  readonly inputEvents: number;
  readonly inputDropped: number;
  readonly redials: number;
  readonly seats: number;
  readonly mostSeats: number;
};

/** What of a seat goes into the receipt of its hub. */
interface CountedSeat {
  readonly receipt: { snapshot(): Pick<Receipt, 'inputEvents' | 'inputDropped'> };
}

/** Counts on the host's side of a hub: what came over the tunnel once, however many looked at it. */
export class HubReceiptCounter {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #seats = new Set<CountedSeat>();
  readonly #painted = new PaintedCount();
  #updates = 0;
  #bytesFromHost = 0;
  #bytesToHost = 0;
  #inputEvents = 0;
  #inputDropped = 0;
  #redials = 0;
  #seatsInAll = 0;
  #mostSeats = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  fromHost(bytes: number): void {
    this.#bytesFromHost += bytes;
  }

  toHost(bytes: number): void {
    this.#bytesToHost += bytes;
  }

  /** The host ended an update. */
  update({ painted }: Pick<UpdateSummary, 'painted'>): void {
    this.#updates += 1;
    for (const sum of painted) this.#painted.add(sum);
  }

  /** The tunnel was built anew. */
  redialled(): void {
    this.#redials += 1;
  }

  seatJoined(seat: CountedSeat): void {
    this.#seats.add(seat);
    this.#seatsInAll += 1;
    this.#mostSeats = Math.max(this.#mostSeats, this.#seats.size);
  }

  seatLeft(seat: CountedSeat): void {
    if (!this.#seats.delete(seat)) return;
    const { inputEvents, inputDropped } = seat.receipt.snapshot();
    this.#inputEvents += inputEvents;
    this.#inputDropped += inputDropped;
  }

  /** As of now, with what the seats that are still there have given. */
  snapshot(): HubReceipt {
    const live = [...this.#seats].map((seat) => seat.receipt.snapshot());
    return {
      durationMs: Math.round(this.#clock.now() - this.#startedAt),
      updates: this.#updates,
      rectangles: this.#painted.byEncoding(),
      pixels: this.#painted.pixels,
      bytesFromHost: this.#bytesFromHost,
      bytesToHost: this.#bytesToHost,
      inputEvents: live.reduce((sum, { inputEvents }) => sum + inputEvents, this.#inputEvents),
      inputDropped: live.reduce((sum, { inputDropped }) => sum + inputDropped, this.#inputDropped),
      redials: this.#redials,
      seats: this.#seatsInAll,
      mostSeats: this.#mostSeats,
    };
  }
}
