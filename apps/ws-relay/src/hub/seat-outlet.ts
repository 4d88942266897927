import { LIMITS } from '@porthole/relay-contract';
import { ENCODING, encodeUpdateHead, type PaintedSum } from '@porthole/rfb';
import type { ScreenUnit } from './screen-unit.ts';
import type { Seat } from './seat.ts';

/** What of a seat its outlet needs. */
export type ServedSeat = Pick<Seat, 'send' | 'queuedBytes' | 'receipt'>;

/** The forms in which pictures are encoded; Raw is understood by every viewer (RFC 6143 §7.7). */
export type PictureForm = 'tight' | 'raw';

const MAX_RECTANGLES = 65_534;

/**
 * What waits for one seat of several. It is `stale` (it needs the whole picture), `catching` (that is being made) or
 * `fresh` (it has the picture and gets every change). Units wait whole and by reference; more than its bound makes it
 * stale, and costs nobody else anything (architecture §2, "A slow seat never slows another").
 */
export class SeatOutlet {
  readonly #seat: ServedSeat;
  #asked: ReadonlySet<number> = new Set();
  #state: 'stale' | 'catching' | 'fresh' = 'stale';
  /** The moment of the newest whole picture, made or being made: changes from before it are in it already. */
  #since = 0;
  #credit = false;
  #waiting: ScreenUnit[] = [];
  #waitingBytes = 0;
  #bound: number = LIMITS.queuedToBrowserBytes;
  #knownSize = { width: 0, height: 0, extended: false };

  constructor(seat: ServedSeat) {
    this.#seat = seat;
  }

  /** The encodings that the viewer named. */
  get asked(): ReadonlySet<number> {
    return this.#asked;
  }

  get form(): PictureForm {
    return this.#asked.has(ENCODING.tight) ? 'tight' : 'raw';
  }

  /** The viewer waits for the whole picture and has room for it. */
  get wantsPicture(): boolean {
    return this.#state === 'stale' && this.#credit && this.#hasRoom;
  }

  /** The viewer has or is about to have the picture, so that every change is for it. */
  get follows(): boolean {
    return this.#state !== 'stale';
  }

  /** The viewer has all there is and waits for more. */
  get isHungry(): boolean {
    return this.#state === 'fresh' && this.#credit && this.#waiting.length === 0;
  }

  /** Bytes that wait here, behind those that wait for the browser. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  ask(encodings: readonly number[]): void {
    this.#asked = new Set(encodings);
  }

  /** The viewer was told this size, and in the extended form the layout with it. */
  knowSize(width: number, height: number, extended: boolean): void {
    this.#knownSize = { width, height, extended };
  }

  knowsSize(width: number, height: number, extended: boolean): boolean {
    const known = this.#knownSize;
    return known.width === width && known.height === height && (known.extended || !extended);
  }

  /** Room for one more update; `incremental` is false where the viewer has no picture. */
  credit(incremental: boolean): void {
    this.#credit = true;
    if (!incremental && this.#state === 'fresh') this.stale();
    this.flush();
  }

  /** What waits is void; only a whole picture helps. */
  stale(): void {
    this.#state = 'stale';
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** The whole picture of moment `since` is being made for it. */
  catchUp(since: number): void {
    this.#state = 'catching';
    this.#since = since;
  }

  /** @returns whether it still waited for this; then it is fresh again */
  deliver(since: number, units: readonly ScreenUnit[]): boolean {
    if (this.#state !== 'catching' || this.#since !== since) return false;
    const bytes = sizeOf(units);
    this.#state = 'fresh';
    this.#bound = Math.max(LIMITS.queuedToBrowserBytes, bytes);
    this.#waiting = [...units, ...this.#waiting];
    this.#waitingBytes += bytes;
    this.flush();
    return true;
  }

  /** A change of moment `at`. It may have taken longer to encode than the whole picture that came after it. */
  push(at: number, unit: ScreenUnit): void {
    if (this.#state === 'stale' || at <= this.#since) return;
    this.#waiting.push(unit);
    this.#waitingBytes += unit.bytes;
    if (this.#waitingBytes > this.#bound) this.stale();
    else this.flush();
  }

  /** A change of moment `at` was not encoded in its form. */
  miss(at: number): void {
    if (at > this.#since) this.stale();
  }

  /** Sends what waits as one update, if the viewer asked for one and takes what it is sent. */
  flush(): void {
    if (!this.#credit || this.#state !== 'fresh' || this.#waiting.length === 0 || !this.#hasRoom) return;
    this.#credit = false;
    let rectangles = 0;
    let count = 0;
    for (const unit of this.#waiting) {
      if (count > 0 && rectangles + unit.rectangles.length > MAX_RECTANGLES) break;
      rectangles += unit.rectangles.length;
      count += 1;
      if (unit.endsUpdate) break;
    }
    this.#seat.send(encodeUpdateHead(rectangles));
    const units = this.#waiting.splice(0, count);
    for (const unit of units) this.#send(unit);
    this.#seat.receipt.update({ painted: units.map(sumOf) });
  }

  get #hasRoom(): boolean {
    return this.#seat.queuedBytes <= LIMITS.queuedToBrowserBytes;
  }

  #send(unit: ScreenUnit): void {
    this.#waitingBytes -= unit.bytes;
    for (const rectangle of unit.rectangles) this.#seat.send(rectangle);
  }
}

function sumOf({ encoding, rectangles, pixels }: ScreenUnit): PaintedSum {
  return { encoding, rectangles: rectangles.length, pixels };
}

function sizeOf(units: readonly ScreenUnit[]): number {
  return units.reduce((sum, { bytes }) => sum + bytes, 0);
}
