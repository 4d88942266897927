import type { BodyWalker } from './body-walker.ts';
import type { Canvas } from './framebuffer.ts';
import type { Area } from './messages-to-seat.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';

/** RFC 6143 §7.7.1: the pixels, row by row. */
export class RawPainter implements BodyWalker {
  readonly #canvas: Canvas;
  /** Where the row under way begins in the canvas, in bytes, and how much of it is painted. */
  #row = 0;
  #painted = 0;
  #rowBytes = 0;
  #stride = 0;
  #rowsLeft = 0;

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  get done(): boolean {
    return this.#rowsLeft === 0;
  }

  begin({ x, y, width, height }: Area): this {
    this.#stride = this.#canvas.width * BYTES_PER_PIXEL;
    this.#row = y * this.#stride + x * BYTES_PER_PIXEL;
    this.#painted = 0;
    this.#rowBytes = width * BYTES_PER_PIXEL;
    this.#rowsLeft = width === 0 ? 0 : height;
    return this;
  }

  walk(bytes: Uint8Array, start: number): number {
    const target = this.#canvas.bytes;
    let position = start;
    while (this.#rowsLeft > 0 && position < bytes.length) {
      const count = Math.min(this.#rowBytes - this.#painted, bytes.length - position);
      target.set(bytes.subarray(position, position + count), this.#row + this.#painted);
      position += count;
      this.#painted += count;
      if (this.#painted < this.#rowBytes) break;
      this.#painted = 0;
      this.#row += this.#stride;
      this.#rowsLeft -= 1;
    }
    return position;
  }
}
