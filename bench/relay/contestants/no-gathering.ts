/** In the place of the relay's `Gather`, for `--prove`: every record is a message of its own. */
export class Gather {
  readonly #send: (message: Uint8Array) => void;

  constructor(send: (message: Uint8Array) => void) {
    this.#send = send;
  }

  push(record: Uint8Array): void {
    if (record.length > 0) this.#send(record);
  }

  flush(): void {
    // Nothing is kept.
  }
}
