/** Most that is gathered into one message, in bytes (performance.md rule 2). */
export const GATHER_BYTES = 64 * 1024;
/** From this size on a record is not copied: that would cost more than a message of its own (rule 2). */
export const LARGE_RECORD_BYTES = 8 * 1024;

/**
 * Gathers the records of one turn of the event loop into one message. Order is kept; nothing waits longer than the turn
 * it came in. Records that lie behind one another in memory are joined as they are, small ones from elsewhere by a copy.
 */
export class Gather {
  readonly #send: (message: Uint8Array) => void;
  readonly #endOfTurn: (flush: () => void) => void;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;

  constructor(send: (message: Uint8Array) => void, endOfTurn: (flush: () => void) => void = setImmediate) {
    this.#send = send;
    this.#endOfTurn = endOfTurn;
  }

  /** Bytes that wait for the end of the turn. */
  get bytes(): number {
    return this.#bytes;
  }

  push(record: Uint8Array): void {
    if (record.length === 0) return;
    if (this.#bytes + record.length > GATHER_BYTES) this.flush();
    const at = this.#parts.length - 1;
    const last = this.#parts[at];
    const joined = last === undefined ? record : join(last, record);
    if (joined !== null) this.#parts[Math.max(at, 0)] = joined;
    else {
      if (record.length >= LARGE_RECORD_BYTES || (last?.length ?? 0) >= LARGE_RECORD_BYTES) this.flush();
      this.#parts.push(record);
    }
    this.#bytes += record.length;
    if (this.#bytes >= GATHER_BYTES) this.flush();
    else this.#schedule();
  }

  /** Sends what is gathered now. */
  flush(): void {
    const [first, ...more] = this.#parts;
    if (first === undefined) return;
    const message = more.length === 0 ? first : Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    this.#send(message);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#endOfTurn(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

/** Both as one piece of the memory in which they stand, or null where the second does not follow the first. */
function join(first: Uint8Array, second: Uint8Array): Uint8Array | null {
  const end = first.byteOffset + first.length;
  if (first.buffer !== second.buffer || end !== second.byteOffset) return null;
  return Buffer.from(first.buffer, first.byteOffset, first.length + second.length);
}
