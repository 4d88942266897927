import type { PaintedSum } from '@porthole/rfb';

/** Rectangles by encoding and their pixels, for a receipt. */
export class PaintedCount {
  readonly #rectangles = new Map<string, number>();
  #pixels = 0;

  get pixels(): number {
    return this.#pixels;
  }

  add({ encoding, rectangles, pixels }: Omit<PaintedSum, 'encoding'> & { readonly encoding: string }): void {
    this.#rectangles.set(encoding, (this.#rectangles.get(encoding) ?? 0) + rectangles);
    this.#pixels += pixels;
  }

  byEncoding(): Record<string, number> {
    return Object.fromEntries(this.#rectangles);
  }
}
