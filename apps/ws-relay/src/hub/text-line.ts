import type { Clock } from '../clock.ts';
import type { ConsoleLine, ConsoleLineListener } from './console-line.ts';
import type { Seat } from './seat.ts';
import { TextClamp } from './text-clamp.ts';

/**
 * A text console: raw terminal bytes both ways (rfb.md §6.3). What a terminal answers by itself counts as input, so
 * a seat that may only look answers nothing.
 */
export class TextLine implements ConsoleLine {
  readonly #listener: ConsoleLineListener;
  readonly #clamp: TextClamp;
  readonly #seats = new Set<Seat>();
  readonly #painted = new WeakSet<Seat>();
  #hostHasSpoken = false;

  constructor(listener: ConsoleLineListener, clock: Clock) {
    this.#listener = listener;
    this.#clamp = new TextClamp(clock);
  }

  get hostHasSpoken(): boolean {
    return this.#hostHasSpoken;
  }

  /** A terminal greets with nothing: the open tunnel is all there is to wait for. */
  start(): void {
    this.#listener.ready();
  }

  fromHost(chunk: Uint8Array): void {
    this.#hostHasSpoken = true;
    const text = this.#clamp.push(chunk);
    if (text.length === 0) return;
    for (const seat of this.#seats) {
      seat.send(text);
      if (this.#painted.has(seat)) continue;
      this.#painted.add(seat);
      this.#listener.picture(seat);
    }
  }

  fromSeat(seat: Seat, chunk: Uint8Array): void {
    const passes = this.#seats.has(seat) && seat.may('type');
    seat.noteInput(1, passes);
    if (passes) this.#listener.toHost([chunk]);
  }

  seatJoined(seat: Seat): void {
    this.#seats.add(seat);
  }

  seatLeft(seat: Seat): void {
    this.#seats.delete(seat);
  }
}
