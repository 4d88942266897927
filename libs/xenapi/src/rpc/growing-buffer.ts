const FIRST_CAPACITY = 4 * 1024;

/**
 * Bytes gathered from a peer. Grows by doubling with what has really come, never by what was announced, and holds one
 * allocation however finely the peer cuts its stream.
 */
export class GrowingBuffer {
  #storage = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#storage.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#storage.length * 2));
      grown.set(this.#storage.subarray(0, this.#length));
      this.#storage = grown;
    }
    this.#storage.set(chunk, this.#length);
    this.#length = needed;
  }

  /** The bytes from `start` on, as a view: valid until the next append. */
  view(start = 0): Buffer {
    return this.#storage.subarray(start, this.#length);
  }
}
