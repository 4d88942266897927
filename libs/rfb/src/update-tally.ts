import type { EncodingName } from './encodings.ts';
import { LEAST_UPDATE_PIXELS, MAX_UPDATE_OVERPAINT, MAX_UPDATE_RECTANGLES } from './limits.ts';
import { RfbError } from './rfb-error.ts';
import type { PaintedSum, UpdateSummary } from './walker-event.ts';

/** A count that stands for "until LastRect" (rfb.md §7.8). */
const UNTIL_LAST = 0xffff;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What one update has said so far, and how much more it may say: one that never ends would keep every seat waiting. */
export class UpdateTally {
  #announced = 0;
  #rectangles = 0;
  #patience = 0;
  #sums: Mutable<PaintedSum>[] = [];

  /** @param announced the count in the update's head; 65535 stands for "until LastRect" */
  begin(announced: number, width: number, height: number): void {
    this.#announced = announced;
    this.#rectangles = 0;
    this.#sums = [];
    this.resized(width, height);
  }

  /** A screen of another size has another patience. */
  resized(width: number, height: number): void {
    this.#patience = Math.max(MAX_UPDATE_OVERPAINT * width * height, LEAST_UPDATE_PIXELS);
  }

  /** Whether LastRect ends it, and not its count. */
  get endsWithLastRect(): boolean {
    return this.#announced === UNTIL_LAST;
  }

  /** Rectangles that were announced and have not come. */
  get owed(): number {
    return this.#announced - this.#rectangles;
  }

  get isOver(): boolean {
    return !this.endsWithLastRect && this.owed === 0;
  }

  /** Rectangles that may follow before the update is over or too long. */
  get room(): number {
    return this.endsWithLastRect ? MAX_UPDATE_RECTANGLES - this.#rectangles : this.owed;
  }

  /** Pixels that may still be painted. */
  get patience(): number {
    return this.#patience;
  }

  /** Another rectangle begins. @throws RfbError rfb/bad-rectangle where the update goes on for too long */
  admit(pixels: number): void {
    this.#patience -= pixels;
    if (this.#rectangles >= MAX_UPDATE_RECTANGLES || this.#patience < 0)
      throw new RfbError('rfb/bad-rectangle', { reason: 'endless', rectangles: this.#rectangles });
  }

  /** A rectangle that was admitted has come. */
  add(encoding: EncodingName, pixels: number): void {
    this.#add(encoding, 1, pixels);
  }

  /** Rectangles that came whole, within `room` and `patience`. */
  addAll(encoding: EncodingName, rectangles: number, pixels: number): void {
    this.#patience -= pixels;
    this.#add(encoding, rectangles, pixels);
  }

  summary(): UpdateSummary {
    return { rectangles: this.#rectangles, painted: this.#sums };
  }

  #add(encoding: EncodingName, rectangles: number, pixels: number): void {
    this.#rectangles += rectangles;
    let sum = this.#sums.find((one) => one.encoding === encoding);
    if (sum === undefined) {
      sum = { encoding, rectangles: 0, pixels: 0 };
      this.#sums.push(sum);
    }
    sum.rectangles += rectangles;
    sum.pixels += pixels;
  }
}
