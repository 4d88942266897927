import type { BodyWalker } from './body-walker.ts';
import type { Canvas } from './framebuffer.ts';
import type { Area } from './messages-to-seat.ts';
import { RfbError } from './rfb-error.ts';

const BODY_BYTES = 4;

/** RFC 6143 §7.7.2: a place in the picture to copy from; it may overlap with where it goes. */
export class CopyRectPainter implements BodyWalker {
  readonly #canvas: Canvas;
  readonly #body = new Uint8Array(BODY_BYTES);
  #filled = BODY_BYTES;
  #area: Area = { x: 0, y: 0, width: 0, height: 0 };

  constructor(canvas: Canvas) {
    this.#canvas = canvas;
  }

  get done(): boolean {
    return this.#filled === BODY_BYTES;
  }

  begin(area: Area): this {
    this.#area = area;
    this.#filled = 0;
    return this;
  }

  walk(bytes: Uint8Array, start: number): number {
    let position = start;
    while (this.#filled < BODY_BYTES && position < bytes.length) {
      this.#body[this.#filled] = bytes[position] ?? 0;
      this.#filled += 1;
      position += 1;
      if (this.#filled === BODY_BYTES) this.#copy();
    }
    return position;
  }

  #copy(): void {
    const [high = 0, low = 0, higher = 0, lower = 0] = this.#body;
    const fromX = high * 256 + low;
    const fromY = higher * 256 + lower;
    const { x, y, width, height } = this.#area;
    const { pixels, width: stride, height: rows } = this.#canvas;
    if (fromX + width > stride || fromY + height > rows)
      throw new RfbError('rfb/bad-rectangle', { reason: 'source-outside', fromX, fromY, width, height });
    for (let turn = 0; turn < height; turn += 1) {
      // Upwards from the foot where the copy goes down, so that no row is overwritten before it was read.
      const row = fromY < y ? height - 1 - turn : turn;
      const from = (fromY + row) * stride + fromX;
      pixels.copyWithin((y + row) * stride + x, from, from + width);
    }
  }
}
