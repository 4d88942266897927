import type { Seat } from './seat.ts';

/**
 * The host's bytes as they come, for a seat that is alone: cut out of the chunks without a copy, message by message.
 * What is left out of a message was decided at its first byte.
 */
export class PassThrough {
  #passing = false;
  #from = 0;
  #base = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #out: Uint8Array[] = [];

  /** A chunk of the host begins at `offset` of its stream. */
  beginChunk(chunk: Uint8Array, offset: number): void {
    this.#chunk = chunk;
    this.#base = offset;
    this.#from = offset;
  }

  /** A message begins at `offset`; it goes to the seat or it does not. */
  beginMessage(offset: number, passes: boolean): void {
    this.#cut(offset);
    this.#from = offset;
    this.#passing = passes;
  }

  /** A message of the hub's own, in the place of one that does not pass. */
  put(message: Uint8Array): void {
    this.#out.push(message);
  }

  /** The chunk was walked up to `offset`: what passes of it goes to the seat. */
  endChunk(offset: number, seat: Pick<Seat, 'send'> | null): void {
    this.#cut(offset);
    const out = this.#out;
    this.#out = [];
    for (const bytes of out) seat?.send(bytes);
  }

  #cut(end: number): void {
    if (this.#passing && end > this.#from)
      this.#out.push(this.#chunk.subarray(this.#from - this.#base, end - this.#base));
  }
}
