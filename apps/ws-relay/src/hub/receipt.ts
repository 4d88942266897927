import type { Receipt } from '@porthole/relay-contract';
import type { UpdateSummary } from '@porthole/rfb';
import type { Clock } from '../clock.ts';
import { PaintedCount } from './painted-count.ts';

/**
 * What is measured for one seat while it lives. Input is counted and never kept (architecture §2, "Receipt").
 */
export class ReceiptCounter {
  readonly #clock: Clock;
  readonly #startedAt: number;
  #updates = 0;
  readonly #painted = new PaintedCount();
  #bytesToBrowser = 0;
  #bytesFromBrowser = 0;
  #inputEvents = 0;
  #inputDropped = 0;
  #redials = 0;
  #firstPictureMs: number | null = null;
  #lastBytesAt: number;
  #longestSilenceMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#lastBytesAt = this.#startedAt;
  }

  /** Bytes of the console that left for the browser. */
  toBrowser(bytes: number): void {
    this.#bytesToBrowser += bytes;
    this.#hearHost();
  }

  /** Console bytes that the browser sent, whatever became of them. */
  fromBrowser(bytes: number): void {
    this.#bytesFromBrowser += bytes;
  }

  /** An update that left for the browser. */
  update({ painted }: Pick<UpdateSummary, 'painted'>): void {
    this.#updates += 1;
    for (const sum of painted) this.#painted.add(sum);
  }

  /** The line to the host was built anew under the seat. */
  redial(): void {
    this.#redials += 1;
  }

  /** @returns milliseconds since the start for the first picture, null for all later ones */
  picture(): number | null {
    if (this.#firstPictureMs !== null) return null;
    this.#firstPictureMs = Math.round(this.#clock.now() - this.#startedAt);
    return this.#firstPictureMs;
  }

  input(events: number): void {
    this.#inputEvents += events;
  }

  inputDropped(events: number): void {
    this.#inputDropped += events;
  }

  /** The receipt as of now, in the form that the browser and the log get. */
  snapshot(): Receipt {
    const now = this.#clock.now();
    return {
      durationMs: Math.round(now - this.#startedAt),
      updates: this.#updates,
      rectangles: this.#painted.byEncoding(),
      pixels: this.#painted.pixels,
      bytesToBrowser: this.#bytesToBrowser,
      bytesFromBrowser: this.#bytesFromBrowser,
      inputEvents: this.#inputEvents,
      inputDropped: this.#inputDropped,
      redials: this.#redials,
      firstPictureMs: this.#firstPictureMs,
      longestSilenceMs: Math.round(Math.max(this.#longestSilenceMs, now - this.#lastBytesAt)),
    };
  }

  #hearHost(): void {
    const now = this.#clock.now();
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, now - this.#lastBytesAt);
    this.#lastBytesAt = now;
  }
}
