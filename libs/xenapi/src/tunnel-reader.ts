import type { OnReadOpts } from 'node:net';

/** What an idle console holds to be read into, in bytes. */
export const SMALL_MEMORY_BYTES = 2 * 1024;
/** What one with traffic holds: four records of TLS, which leave as one message (performance.md rules 2 and 11). */
export const LARGE_MEMORY_BYTES = 64 * 1024;
/** So much at once is traffic, in bytes. */
const MUCH_BYTES = SMALL_MEMORY_BYTES / 2;
/** With less room than this the rest of the memory is left alone, in bytes. */
const LEAST_ROOM_BYTES = 256;

/** Who takes what a tunnel says. */
export interface TunnelTaker {
  /** The bytes stand where they are until `isTaken` says so. Those that follow come right behind them, as long as there is room. */
  take(bytes: Uint8Array): void;
  /** Whether all that was given and stands in this memory has left or was copied, so that it may be read into again. */
  isTaken(memory: ArrayBufferLike): boolean;
}

/**
 * Reads a tunnel into memory of its own, over and over: nothing is allocated for a record, and records that follow one
 * another lie behind one another (performance.md rule 3). What comes while nobody takes it is kept in its order.
 */
export class TunnelReader {
  /** For the socket, when it is opened. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#room(),
    callback: (count) => this.#read(count),
  };
  #memory: Buffer = Buffer.allocUnsafeSlow(SMALL_MEMORY_BYTES);
  #end = 0;
  #wasFilled = false;
  /** The memory before this one; free again once all that was given of it is taken. */
  #before: Buffer | null = null;
  #beforeIsFree = false;
  #taker: TunnelTaker | null = null;
  #early: Uint8Array[] = [];

  /** Gives what comes from now on, and what came meanwhile, to `taker`; null stops the reading. */
  hand(taker: TunnelTaker | null): void {
    this.#taker = taker;
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) this.#give(bytes);
  }

  /** Where the socket reads into next; asked after each reading. */
  #room(): Uint8Array {
    const { length } = this.#memory;
    if (this.#wasFilled && length < LARGE_MEMORY_BYTES) this.#change(LARGE_MEMORY_BYTES);
    else if (length - this.#end < LEAST_ROOM_BYTES) this.#change(length);
    return this.#memory.subarray(this.#end);
  }

  #read(count: number): boolean {
    if (this.#before !== null && !this.#beforeIsFree) this.#beforeIsFree = this.#isTaken(this.#before);
    const bytes = this.#memory.subarray(this.#end, this.#end + count);
    this.#end += count;
    this.#wasFilled = this.#end === this.#memory.length && count >= MUCH_BYTES;
    this.#give(bytes);
    if (this.#isTaken(this.#memory)) {
      this.#end = 0;
      this.#before = null;
    }
    return this.#taker !== null;
  }

  #give(bytes: Uint8Array): void {
    // A socket that was told to stop still gives what it had decrypted.
    if (this.#taker === null) this.#early.push(new Uint8Array(bytes));
    else this.#taker.take(bytes);
  }

  #isTaken({ buffer }: Buffer): boolean {
    return this.#taker?.isTaken(buffer) ?? true;
  }

  #change(length: number): void {
    const before = this.#before;
    this.#before = this.#memory;
    this.#memory = this.#beforeIsFree && before?.length === length ? before : Buffer.allocUnsafeSlow(length);
    this.#beforeIsFree = false;
    this.#end = 0;
  }
}
