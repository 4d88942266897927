import type { BodyWalker } from './body-walker.ts';
import type { Canvas } from './framebuffer.ts';
import { HEXTILE, isKnownTileMask, LONGEST_TILE, TILE } from './hextile-walker.ts';
import type { Area } from './messages-to-seat.ts';
import { fill, pixelAt } from './paint.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';

/** RFC 6143 §7.7.4: 16×16 tiles, raw or a background with subrectangles; two colours live on from tile to tile. */
export class HextilePainter implements BodyWalker {
  readonly #canvas: Canvas;
  /** The tile under way, where it is split between two chunks. */
  readonly #part = new Uint8Array(LONGEST_TILE);
  #filled = 0;
  /** How long the tile is known to be at least. */
  #needed = 1;
  #left = 0;
  #right = 0;
  #bottom = 0;
  #x = 0;
  #y = 0;
  #background = 0;
  #foreground = 0;

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  get done(): boolean {
    return this.#y >= this.#bottom;
  }

  begin({ x, y, width, height }: Area): this {
    this.#left = x;
    this.#right = x + width;
    this.#x = x;
    this.#y = y;
    this.#bottom = width === 0 ? y : y + height;
    this.#filled = 0;
    this.#needed = 1;
    this.#background = 0;
    this.#foreground = 0;
    return this;
  }

  walk(bytes: Uint8Array, start: number): number {
    let position = start;
    while (!this.done) {
      // The fast way: as long as the longest tile would fit, tiles are painted from where they stand.
      const last = this.#filled === 0 ? bytes.length - LONGEST_TILE : -1;
      while (position <= last && !this.done) position = this.#paintTile(bytes, position);
      if (this.done || position === bytes.length) break;
      position = this.#gather(bytes, position);
    }
    return position;
  }

  /** The slow way, near the end of what has come: the tile is put together first. */
  #gather(bytes: Uint8Array, start: number): number {
    let position = start;
    for (;;) {
      const count = Math.min(this.#needed - this.#filled, bytes.length - position);
      this.#part.set(bytes.subarray(position, position + count), this.#filled);
      this.#filled += count;
      position += count;
      if (this.#filled < this.#needed) return position;
      const needed = this.#lengthOf(this.#part, this.#filled);
      if (needed === this.#needed) break;
      this.#needed = needed;
    }
    this.#filled = 0;
    this.#needed = 1;
    this.#paintTile(this.#part, 0);
    return position;
  }

  /** How long the tile is at least, by what of it is there: it is whole when this no longer grows. */
  #lengthOf(tile: Uint8Array, filled: number): number {
    const mask = tile[0] ?? 0;
    if (!isKnownTileMask(mask)) throw badMask(mask);
    if ((mask & HEXTILE.raw) !== 0) return 1 + this.#tileWidth * this.#tileHeight * BYTES_PER_PIXEL;
    let length = 1;
    if ((mask & HEXTILE.background) !== 0) length += BYTES_PER_PIXEL;
    if ((mask & HEXTILE.foreground) !== 0) length += BYTES_PER_PIXEL;
    if ((mask & HEXTILE.subrectangles) === 0) return length;
    length += 1;
    if (filled < length) return length;
    return length + (tile[length - 1] ?? 0) * ((mask & HEXTILE.coloured) === 0 ? 2 : BYTES_PER_PIXEL + 2);
  }

  get #tileWidth(): number {
    return Math.min(TILE, this.#right - this.#x);
  }

  get #tileHeight(): number {
    return Math.min(TILE, this.#bottom - this.#y);
  }

  /** Paints the whole tile that stands at `start`. @returns where it ends */
  #paintTile(bytes: Uint8Array, start: number): number {
    const mask = bytes[start] ?? 0;
    if (!isKnownTileMask(mask)) throw badMask(mask);
    let position = start + 1;
    if ((mask & HEXTILE.raw) !== 0) position = this.#paintRaw(bytes, position);
    else {
      if ((mask & HEXTILE.background) !== 0) {
        this.#background = pixelAt(bytes, position);
        position += BYTES_PER_PIXEL;
      }
      if ((mask & HEXTILE.foreground) !== 0) {
        this.#foreground = pixelAt(bytes, position);
        position += BYTES_PER_PIXEL;
      }
      fill(this.#canvas, this.#x, this.#y, this.#tileWidth, this.#tileHeight, this.#background);
      if ((mask & HEXTILE.subrectangles) !== 0)
        position = this.#paintSubrectangles(bytes, position, (mask & HEXTILE.coloured) !== 0);
    }
    this.#nextTile();
    return position;
  }

  #paintRaw(bytes: Uint8Array, start: number): number {
    const { bytes: target, width: stride } = this.#canvas;
    const rowBytes = this.#tileWidth * BYTES_PER_PIXEL;
    const rows = this.#tileHeight;
    let position = start;
    let at = (this.#y * stride + this.#x) * BYTES_PER_PIXEL;
    for (let row = 0; row < rows; row += 1) {
      target.set(bytes.subarray(position, position + rowBytes), at);
      position += rowBytes;
      at += stride * BYTES_PER_PIXEL;
    }
    return position;
  }

  /** What sticks out of the tile is left away. */
  #paintSubrectangles(bytes: Uint8Array, start: number, coloured: boolean): number {
    const { pixels, width: stride } = this.#canvas;
    const tileWidth = this.#tileWidth;
    const tileHeight = this.#tileHeight;
    const origin = this.#y * stride + this.#x;
    let pixel = this.#foreground;
    let position = start + 1;
    for (let left = bytes[start] ?? 0; left > 0; left -= 1) {
      if (coloured) {
        pixel = pixelAt(bytes, position);
        position += BYTES_PER_PIXEL;
      }
      const place = bytes[position] ?? 0;
      const size = bytes[position + 1] ?? 0;
      position += 2;
      const x = place >> 4;
      const endX = Math.min(x + (size >> 4) + 1, tileWidth);
      const endY = Math.min((place & 15) + (size & 15) + 1, tileHeight);
      for (let y = place & 15; y < endY; y += 1) {
        const row = origin + y * stride;
        for (let at = row + x; at < row + endX; at += 1) pixels[at] = pixel;
      }
    }
    return position;
  }

  #nextTile(): void {
    this.#x += TILE;
    if (this.#x < this.#right) return;
    this.#x = this.#left;
    this.#y += TILE;
  }
}

function badMask(mask: number): RfbError {
  return new RfbError('rfb/bad-rectangle', { encoding: 'hextile', mask });
}
