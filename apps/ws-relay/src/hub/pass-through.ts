import type { Seat } from './seat.ts';

/**
 * The host's bytes as they come, for a seat that is alone: cut out of the chunks without a copy, message by message.
 * What is left out of a message was decided at its first byte. The rest of a chunk that a viewer could not be led out of
 * again, should the host end there, is kept where it stands until its end has come.
 */
export class PassThrough {
  #passing = false;
  #from = 0;
  #base = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #kept: Uint8Array[] = [];
  #out: Uint8Array[] = [];

  /** Whether the message that is walked goes to the seat. */
  get isPassing(): boolean {
    return this.#passing;
  }

  /** A chunk of the host begins at `offset` of its stream. */
  beginChunk(chunk: Uint8Array, offset: number): void {
    this.#chunk = chunk;
    this.#base = offset;
    this.#from = offset;
  }

  /** A message begins at `offset`; it goes to the seat or it does not. */
  beginMessage(offset: number, passes: boolean): void {
    // What goes on passing is not cut: a screen of text may be many messages in one record.
    if (passes && this.#passing) return;
    this.#cut(offset);
    this.#from = offset;
    this.#passing = passes;
  }

  /** A message of the hub's own, in the place of one that does not pass. */
  put(message: Uint8Array): void {
    this.#out.push(message);
  }

  /** Sets bits of the byte at `offset`, which stands in the chunk that is walked. */
  setBits(offset: number, bits: number): void {
    const index = offset - this.#base;
    this.#chunk[index] = (this.#chunk[index] ?? 0) | bits;
  }

  /** The chunk was walked up to `offset`; what passes of it goes to the seat as far as `passable`. */
  endChunk(offset: number, passable: number, seat: Pick<Seat, 'send'> | null): void {
    if (passable > this.#from) this.#cut(passable);
    if (this.#passing && offset > this.#from) this.#kept.push(this.#part(this.#from, offset));
    const out = this.#out;
    this.#out = [];
    for (const bytes of out) seat?.send(bytes);
  }

  /** Whether something is kept that stands in this memory. */
  keeps(memory: ArrayBufferLike): boolean {
    return this.#kept.some(({ buffer }) => buffer === memory);
  }

  /** The host has ended: what was kept is void. */
  forget(): void {
    this.#passing = false;
    this.#kept = [];
    this.#out = [];
  }

  #cut(end: number): void {
    if (!this.#passing || end <= this.#from) return;
    this.#out.push(...this.#kept, this.#part(this.#from, end));
    this.#kept = [];
    this.#from = end;
  }

  #part(from: number, end: number): Uint8Array {
    return this.#chunk.subarray(from - this.#base, end - this.#base);
  }
}
