import type { BodyWalker } from './body-walker.ts';

const NOTHING = new Uint8Array(0);

/** A body whose length is known from its head; keeps it if asked to. */
export class CountedWalker implements BodyWalker {
  #left = 0;
  #kept = NOTHING;
  #filled = 0;
  #keeps = false;

  get done(): boolean {
    return this.#left === 0;
  }

  /** The kept bytes; empty if the body is only skipped. */
  get kept(): Uint8Array {
    return this.#kept;
  }

  skip(length: number): this {
    this.#left = length;
    this.#keeps = false;
    this.#kept = NOTHING;
    return this;
  }

  /** @param length checked against its limit by the caller: it is allocated here */
  keep(length: number): this {
    this.#left = length;
    this.#keeps = true;
    this.#kept = new Uint8Array(length);
    this.#filled = 0;
    return this;
  }

  walk(bytes: Uint8Array, position: number): number {
    const count = Math.min(this.#left, bytes.length - position);
    if (this.#keeps) {
      this.#kept.set(bytes.subarray(position, position + count), this.#filled);
      this.#filled += count;
    }
    this.#left -= count;
    return position + count;
  }
}
