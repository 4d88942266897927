/** In the place of the relay's `Gather`, for `--prove`: every record is a message of its own. */
export class Gather {
  readonly bytes = 0;
  readonly #send: (parts: readonly Uint8Array[], bytes: number) => void;

  constructor(send: (parts: readonly Uint8Array[], bytes: number) => void) {
    this.#send = send;
  }

  push(record: Uint8Array): void {
    if (record.length > 0) this.#send([record], record.length);
  }

  flush(): void {
    // Nothing is kept.
  }
}
