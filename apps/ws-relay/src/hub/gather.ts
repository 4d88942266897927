/** Most that is gathered into one message, in bytes (performance.md rule 2). */
export const GATHER_BYTES = 64 * 1024;
/** A message of more parts is put together by a copy: parts that many are small, and each costs more than its bytes. */
export const MAX_PARTS = 8;

/**
 * Gathers the records of one turn of the event loop into one message. Order is kept; nothing waits longer than the turn
 * it came in. Records that lie behind one another in memory are joined as they are; those from elsewhere stay parts.
 */
export class Gather {
  readonly #send: (parts: readonly Uint8Array[], bytes: number) => void;
  readonly #endOfTurn: (flush: () => void) => void;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;

  /** @param send takes a message in its parts, and their length in all */
  constructor(
    send: (parts: readonly Uint8Array[], bytes: number) => void,
    endOfTurn: (flush: () => void) => void = setImmediate,
  ) {
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
    const joined = last === undefined ? null : join(last, record);
    if (joined === null) this.#parts.push(record);
    else this.#parts[at] = joined;
    this.#bytes += record.length;
    if (this.#bytes >= GATHER_BYTES) this.flush();
    else this.#schedule();
  }

  /** Sends what is gathered now. */
  flush(): void {
    const parts = this.#parts;
    const bytes = this.#bytes;
    if (bytes === 0) return;
    this.#parts = [];
    this.#bytes = 0;
    this.#send(parts.length > MAX_PARTS ? [Buffer.concat(parts, bytes)] : parts, bytes);
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
  if (end !== second.byteOffset || first.buffer !== second.buffer) return null;
  return new Uint8Array(first.buffer, first.byteOffset, first.length + second.length);
}
