import type { BodyWalker } from './body-walker.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';

const HEAD_BYTES = 4 + BYTES_PER_PIXEL;
const SUBRECTANGLE_BYTES = BYTES_PER_PIXEL + 8;

/** RFC 6143 §7.7.3: a count, a background, and that many coloured subrectangles. */
export class RreWalker implements BodyWalker {
  #pixels = 0;
  #headLeft = 0;
  #count = 0;
  #skip = 0;

  get done(): boolean {
    return this.#headLeft === 0 && this.#skip === 0;
  }

  begin(width: number, height: number): this {
    this.#pixels = width * height;
    this.#headLeft = HEAD_BYTES;
    this.#count = 0;
    this.#skip = 0;
    return this;
  }

  walk(bytes: Uint8Array, start: number): number {
    let position = start;
    while (this.#headLeft > 0 && position < bytes.length) {
      const byte = bytes[position] ?? 0;
      if (this.#headLeft > BYTES_PER_PIXEL) this.#count = this.#count * 256 + byte;
      this.#headLeft -= 1;
      position += 1;
      if (this.#headLeft === 0) this.#skip = this.#checkedCount() * SUBRECTANGLE_BYTES;
    }
    const count = Math.min(this.#skip, bytes.length - position);
    this.#skip -= count;
    return position + count;
  }

  /** More subrectangles than pixels paint nothing: a count of four thousand million would run for hours. */
  #checkedCount(): number {
    if (this.#count > this.#pixels)
      throw new RfbError('rfb/bad-rectangle', { encoding: 'rre', count: this.#count });
    return this.#count;
  }
}
