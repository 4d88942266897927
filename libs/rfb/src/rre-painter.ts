import type { BodyWalker } from './body-walker.ts';
import type { Canvas } from './framebuffer.ts';
import { MAX_RRE_OVERPAINT } from './limits.ts';
import type { Area } from './messages-to-seat.ts';
import { fill, pixelAt } from './paint.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';

const HEAD_BYTES = 4 + BYTES_PER_PIXEL;
const SUBRECTANGLE_BYTES = BYTES_PER_PIXEL + 8;

/** RFC 6143 §7.7.3: a count, a background, and that many coloured subrectangles. */
export class RrePainter implements BodyWalker {
  readonly #canvas: Canvas;
  /** The head or the subrectangle under way, where it is split between two chunks. */
  readonly #part = new Uint8Array(SUBRECTANGLE_BYTES);
  #filled = 0;
  #needed = 0;
  #left = 0;
  /** Pixels that may still be painted: a host of ill will could paint the whole rectangle with each dozen bytes. */
  #patience = 0;
  #area: Area = { x: 0, y: 0, width: 0, height: 0 };

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  get done(): boolean {
    return this.#needed === 0;
  }

  begin(area: Area): this {
    this.#area = area;
    this.#filled = 0;
    this.#needed = HEAD_BYTES;
    this.#left = 0;
    this.#patience = area.width * area.height * MAX_RRE_OVERPAINT;
    return this;
  }

  walk(bytes: Uint8Array, start: number): number {
    let position = start;
    while (this.#needed > 0 && position < bytes.length) {
      if (this.#filled === 0 && bytes.length - position >= this.#needed) {
        const taken = this.#needed;
        this.#take(bytes, position);
        position += taken;
      } else {
        this.#part[this.#filled] = bytes[position] ?? 0;
        this.#filled += 1;
        position += 1;
        if (this.#filled < this.#needed) continue;
        this.#filled = 0;
        this.#take(this.#part, 0);
      }
    }
    return position;
  }

  #take(bytes: Uint8Array, at: number): void {
    if (this.#needed === HEAD_BYTES) this.#takeHead(bytes, at);
    else {
      this.#paint(bytes, at);
      this.#left -= 1;
    }
    this.#needed = this.#left > 0 ? SUBRECTANGLE_BYTES : 0;
  }

  #takeHead(bytes: Uint8Array, at: number): void {
    const { x, y, width, height } = this.#area;
    const count = uint16(bytes, at) * 65_536 + uint16(bytes, at + 2);
    if (count > width * height) throw new RfbError('rfb/bad-rectangle', { encoding: 'rre', count });
    fill(this.#canvas, x, y, width, height, pixelAt(bytes, at + 4));
    this.#left = count;
  }

  /** What sticks out of the rectangle is left away. */
  #paint(bytes: Uint8Array, at: number): void {
    const { x, y, width, height } = this.#area;
    const left = uint16(bytes, at + BYTES_PER_PIXEL);
    const top = uint16(bytes, at + BYTES_PER_PIXEL + 2);
    const across = Math.min(uint16(bytes, at + BYTES_PER_PIXEL + 4), width - left);
    const down = Math.min(uint16(bytes, at + BYTES_PER_PIXEL + 6), height - top);
    if (across <= 0 || down <= 0) return;
    this.#patience -= across * down;
    if (this.#patience < 0) throw new RfbError('rfb/bad-rectangle', { encoding: 'rre', reason: 'overpaint' });
    fill(this.#canvas, x + left, y + top, across, down, pixelAt(bytes, at));
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
}
