import type { BodyWalker } from './body-walker.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';

export const TILE = 16;
/** The bits of a tile's mask. */
export const HEXTILE = { raw: 1, background: 2, foreground: 4, subrectangles: 8, coloured: 16 } as const;
const {
  raw: RAW,
  background: BACKGROUND,
  foreground: FOREGROUND,
  subrectangles: SUBRECTANGLES,
  coloured: COLOURED,
} = HEXTILE;
const KNOWN_BITS = 31;
/** The longest tile: mask, two colours, a count, 255 coloured subrectangles. */
export const LONGEST_TILE = 1 + 2 * BYTES_PER_PIXEL + 1 + 255 * (BYTES_PER_PIXEL + 2);

/** RFC 6143 §7.7.4: 16×16 tiles, each with a mask that tells its length. */
export class HextileWalker implements BodyWalker {
  #width = 0;
  #height = 0;
  #x = 0;
  #y = 0;
  /** Bytes of the tile that are still to pass. */
  #skip = 0;
  /** The mask of a tile whose count of subrectangles comes after what is skipped; 0 if none does. */
  #countAfter = 0;
  #done = true;

  get done(): boolean {
    return this.#done;
  }

  begin(width: number, height: number): this {
    this.#width = width;
    this.#height = height;
    this.#x = 0;
    this.#y = 0;
    this.#skip = 0;
    this.#countAfter = 0;
    this.#done = width === 0 || height === 0;
    return this;
  }

  walk(bytes: Uint8Array, start: number): number {
    let position = start;
    while (!this.#done) {
      if (this.#skip === 0 && this.#countAfter === 0) position = this.#walkWholeTiles(bytes, position);
      if (this.#done || position === bytes.length) break;
      position = this.#walkPart(bytes, position);
    }
    return position;
  }

  /** The fast way: as long as the longest tile would fit, no state is kept between its parts. */
  #walkWholeTiles(bytes: Uint8Array, start: number): number {
    const last = bytes.length - LONGEST_TILE;
    const width = this.#width;
    const height = this.#height;
    let position = start;
    let x = this.#x;
    let y = this.#y;
    while (position <= last && y < height) {
      const mask = bytes[position] ?? 0;
      position += 1;
      if ((mask & RAW) !== 0) {
        position += Math.min(TILE, width - x) * Math.min(TILE, height - y) * BYTES_PER_PIXEL;
      } else {
        if ((mask & BACKGROUND) !== 0) position += BYTES_PER_PIXEL;
        if ((mask & FOREGROUND) !== 0) position += BYTES_PER_PIXEL;
        if ((mask & SUBRECTANGLES) !== 0) {
          const count = bytes[position] ?? 0;
          position += 1 + count * ((mask & COLOURED) === 0 ? 2 : BYTES_PER_PIXEL + 2);
        }
      }
      if (mask > KNOWN_BITS) throw badMask(mask);
      x += TILE;
      if (x >= width) {
        x = 0;
        y += TILE;
      }
    }
    this.#x = x;
    this.#y = y;
    this.#done = y >= height;
    return position;
  }

  /** The slow way, near the end of what has come: one part of a tile at a time. */
  #walkPart(bytes: Uint8Array, position: number): number {
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, bytes.length - position);
      this.#skip -= count;
      if (this.#skip === 0 && this.#countAfter === 0) this.#nextTile();
      return position + count;
    }
    const byte = bytes[position] ?? 0;
    if (this.#countAfter === 0) this.#beginTile(byte);
    else {
      this.#skip = byte * ((this.#countAfter & COLOURED) === 0 ? 2 : BYTES_PER_PIXEL + 2);
      this.#countAfter = 0;
    }
    if (this.#skip === 0 && this.#countAfter === 0) this.#nextTile();
    return position + 1;
  }

  #beginTile(mask: number): void {
    if (mask > KNOWN_BITS) throw badMask(mask);
    if ((mask & RAW) !== 0) {
      const tileWidth = Math.min(TILE, this.#width - this.#x);
      this.#skip = tileWidth * Math.min(TILE, this.#height - this.#y) * BYTES_PER_PIXEL;
      return;
    }
    const colours = ((mask & BACKGROUND) === 0 ? 0 : 1) + ((mask & FOREGROUND) === 0 ? 0 : 1);
    this.#skip = colours * BYTES_PER_PIXEL;
    this.#countAfter = (mask & SUBRECTANGLES) === 0 ? 0 : mask;
  }

  #nextTile(): void {
    this.#x += TILE;
    if (this.#x < this.#width) return;
    this.#x = 0;
    this.#y += TILE;
    this.#done = this.#y >= this.#height;
  }
}

/**
 * Where the body of a rectangle ends that begins at `start`.
 * @returns -1 where it is not whole in `bytes`, or says what Hextile cannot say
 */
export function wholeHextileEnd(bytes: Uint8Array, start: number, width: number, height: number): number {
  const { length } = bytes;
  let position = start;
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) {
      if (position >= length) return -1;
      const mask = bytes[position] ?? 0;
      position += 1;
      if (mask > KNOWN_BITS) return -1;
      if ((mask & RAW) !== 0) {
        position += Math.min(TILE, width - x) * Math.min(TILE, height - y) * BYTES_PER_PIXEL;
        continue;
      }
      if ((mask & BACKGROUND) !== 0) position += BYTES_PER_PIXEL;
      if ((mask & FOREGROUND) !== 0) position += BYTES_PER_PIXEL;
      if ((mask & SUBRECTANGLES) === 0) continue;
      if (position >= length) return -1;
      const count = bytes[position] ?? 0;
      position += 1 + count * ((mask & COLOURED) === 0 ? 2 : BYTES_PER_PIXEL + 2);
    }
  }
  return position <= length ? position : -1;
}

export function isKnownTileMask(mask: number): boolean {
  return mask <= KNOWN_BITS;
}

function badMask(mask: number): RfbError {
  return new RfbError('rfb/bad-rectangle', { encoding: 'hextile', mask });
}
