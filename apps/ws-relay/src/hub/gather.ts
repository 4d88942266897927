/** Most that is gathered into one message, in bytes (performance.md rule 2). */
export const GATHER_BYTES = 64 * 1024;
/** From this size on a record is sent as it is: copying it to gather would cost more than it saves (rule 2). */
export const LARGE_RECORD_BYTES = 8 * 1024;

/**
 * Gathers the small records of one turn of the event loop into one message. Order is kept; nothing waits longer than
 * the turn it came in.
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

  push(record: Uint8Array): void {
    if (record.length === 0) return;
    if (this.#bytes + record.length > GATHER_BYTES) this.flush();
    if (record.length >= LARGE_RECORD_BYTES) {
      this.flush();
      this.#send(record);
      return;
    }
    this.#parts.push(record);
    this.#bytes += record.length;
    this.#schedule();
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
