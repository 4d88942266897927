const FIRST_CAPACITY = 256;

/** Bytes that wait to be understood: one allocation however finely a peer cuts its stream. */
export class ByteQueue {
  #storage = new Uint8Array(FIRST_CAPACITY);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#storage.length) this.#makeRoom(chunk.length);
    this.#storage.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The bytes that wait, as a view: valid until the next push or take. */
  peek(): Uint8Array {
    return this.#storage.subarray(this.#start, this.#end);
  }

  /** The first `count` bytes, taken out as a copy; `count` must not be above `length`. */
  take(count: number): Uint8Array {
    const taken = this.#storage.slice(this.#start, this.#start + count);
    this.#start += count;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
    return taken;
  }

  #makeRoom(count: number): void {
    const waiting = this.peek();
    const needed = waiting.length + count;
    const storage =
      needed > this.#storage.length ? new Uint8Array(Math.max(needed, this.#storage.length * 2)) : null;
    if (storage === null) this.#storage.copyWithin(0, this.#start, this.#end);
    else {
      storage.set(waiting);
      this.#storage = storage;
    }
    this.#start = 0;
    this.#end = waiting.length;
  }
}
