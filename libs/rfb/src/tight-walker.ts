import type { BodyWalker } from './body-walker.ts';
import { MAX_TIGHT_WIDTH } from './limits.ts';
import { RfbError } from './rfb-error.ts';

/** TPIXEL of the hub's format: red, green, blue (rfb.md §4). */
const TIGHT_PIXEL_BYTES = 3;
/** Of a compact length, in bytes. */
const LONGEST_LENGTH_BYTES = 3;
/** Shorter data comes plain, without a length. */
const SHORTEST_COMPRESSED = 12;
const FILL = 8;
const JPEG = 9;
const EXPLICIT_FILTER = 4;
const FILTER = { copy: 0, palette: 1, gradient: 2 } as const;

type Step = 'control' | 'filter' | 'palette' | 'length' | 'skip' | 'done';

/**
 * rfb.md §4 "Tight". Remembers which of the four zlib streams a connection has used: a viewer that is kept over a redial
 * needs the reset bit in the first rectangle of each (architecture §2).
 */
export class TightWalker implements BodyWalker {
  #step: Step = 'done';
  #width = 0;
  #height = 0;
  #control = 0;
  #dataLength = 0;
  #compactLength = 0;
  #compactShift = 0;
  #skip = 0;
  #afterSkip: Step = 'done';
  #streamsSeen = 0;

  /** The stream that the rectangle now walked uses first of all on this connection; null if it uses none anew. */
  firstUseOf: number | null = null;

  get done(): boolean {
    return this.#step === 'done';
  }

  begin(width: number, height: number): this {
    if (width > MAX_TIGHT_WIDTH) throw new RfbError('rfb/bad-rectangle', { encoding: 'tight', width });
    this.#width = width;
    this.#height = height;
    this.#step = 'control';
    this.firstUseOf = null;
    return this;
  }

  /**
   * Where the body of a rectangle ends that begins at `start`. Nothing is remembered of it.
   * @returns -1 where that is past the end of `bytes`, where it says what Tight cannot say, and for the first use of a stream
   */
  wholeEnd(bytes: Uint8Array, start: number, width: number, height: number): number {
    // Whatever stands before the length fits in front of here; a length that would be cut off is read as too long.
    const last = bytes.length - LONGEST_LENGTH_BYTES;
    let position = start + 1;
    const kind = (bytes[start] ?? 0) >> 4;
    if (kind === FILL) return position + TIGHT_PIXEL_BYTES;
    if (kind > JPEG || width > MAX_TIGHT_WIDTH || position + 2 > last) return -1;
    if (kind < FILL) {
      if ((this.#streamsSeen & (1 << (kind & 3))) === 0) return -1;
      let dataLength = width * height * TIGHT_PIXEL_BYTES;
      if ((kind & EXPLICIT_FILTER) !== 0) {
        const filter = bytes[position] ?? 0;
        position += 1;
        if (filter === FILTER.palette) {
          const colours = (bytes[position] ?? 0) + 1;
          position += 1 + colours * TIGHT_PIXEL_BYTES;
          dataLength = paletteDataLength(colours, width, height);
        } else if (filter !== FILTER.copy && filter !== FILTER.gradient) return -1;
      }
      if (dataLength < SHORTEST_COMPRESSED) return position + dataLength;
    }
    if (position > last) return -1;
    let byte = bytes[position] ?? 0;
    if (byte < 0x80) return position + 1 + byte;
    let length = byte & 0x7f;
    byte = bytes[position + 1] ?? 0;
    length |= (byte & 0x7f) << 7;
    if (byte < 0x80) return position + 2 + length;
    return position + 3 + (length | ((bytes[position + 2] ?? 0) << 14));
  }

  walk(bytes: Uint8Array, start: number): number {
    let position = start;
    while (
      this.#step !== 'done' &&
      (position < bytes.length || (this.#step === 'skip' && this.#skip === 0))
    ) {
      if (this.#step === 'skip') {
        const count = Math.min(this.#skip, bytes.length - position);
        this.#skip -= count;
        position += count;
        if (this.#skip === 0) this.#step = this.#afterSkip;
      } else {
        this.#take(bytes[position] ?? 0);
        position += 1;
      }
    }
    return position;
  }

  #take(byte: number): void {
    if (this.#step === 'control') this.#takeControl(byte);
    else if (this.#step === 'filter') this.#takeFilter(byte);
    else if (this.#step === 'palette') this.#takePaletteSize(byte);
    else this.#takeLength(byte);
  }

  #takeControl(control: number): void {
    this.#control = control;
    const kind = control >> 4;
    if (kind === FILL) this.#skipThen(TIGHT_PIXEL_BYTES, 'done');
    else if (kind === JPEG) this.#beginLength();
    else if (kind > JPEG) throw new RfbError('rfb/bad-rectangle', { encoding: 'tight', control });
    else this.#useStream(kind & 3);
    // 0xxx: basic compression, with a filter byte if its bit is set.
    if (kind < FILL && (kind & EXPLICIT_FILTER) !== 0) this.#step = 'filter';
    else if (kind < FILL) this.#takeFilter(FILTER.copy);
  }

  #useStream(stream: number): void {
    const bit = 1 << stream;
    const reset = (this.#control & bit) !== 0;
    if ((this.#streamsSeen & bit) === 0 && !reset) this.firstUseOf = stream;
    this.#streamsSeen |= bit;
  }

  #takeFilter(filter: number): void {
    if (filter === FILTER.palette) {
      this.#step = 'palette';
      return;
    }
    if (filter !== FILTER.copy && filter !== FILTER.gradient) {
      throw new RfbError('rfb/bad-rectangle', { encoding: 'tight', filter });
    }
    this.#dataLength = this.#width * this.#height * TIGHT_PIXEL_BYTES;
    this.#beginData();
  }

  #takePaletteSize(byte: number): void {
    const colours = byte + 1;
    this.#dataLength = paletteDataLength(colours, this.#width, this.#height);
    const compressed = this.#dataLength >= SHORTEST_COMPRESSED;
    const plain = compressed ? 0 : this.#dataLength;
    this.#skipThen(colours * TIGHT_PIXEL_BYTES + plain, compressed ? 'length' : 'done');
    this.#compactLength = 0;
    this.#compactShift = 0;
  }

  #beginData(): void {
    if (this.#dataLength < SHORTEST_COMPRESSED) this.#skipThen(this.#dataLength, 'done');
    else this.#beginLength();
  }

  #beginLength(): void {
    this.#step = 'length';
    this.#compactLength = 0;
    this.#compactShift = 0;
  }

  /** Compact length: 7, 7 and 8 bits, the least significant first. */
  #takeLength(byte: number): void {
    const last = this.#compactShift === 14;
    this.#compactLength |= (last ? byte : byte & 0x7f) << this.#compactShift;
    this.#compactShift += 7;
    if (last || (byte & 0x80) === 0) this.#skipThen(this.#compactLength, 'done');
  }

  #skipThen(count: number, next: Step): void {
    this.#skip = count;
    this.#step = 'skip';
    this.#afterSkip = next;
  }
}

/** A bit a pixel in rows of whole bytes for two colours, else a byte a pixel. */
function paletteDataLength(colours: number, width: number, height: number): number {
  return colours === 2 ? ((width + 7) >> 3) * height : width * height;
}
