import { LIMITS } from '@porthole/relay-contract';

const NEWLINE = 0x0a;
const ESC = '\u001b';
/** What makes a terminal answer: reports (DA, DSR, DECRQM, window reports), questions for colours, status strings, ENQ. */
const QUESTIONS = new RegExp(
  [
    `${ESC}\\[[0-9;:<=>?!$ ]*[cnpxt]`,
    `${ESC}\\][^\u0007${ESC}]*\\?[^\u0007${ESC}]*(?:\u0007|${ESC}\\\\)`,
    `${ESC}P[^${ESC}]*${ESC}\\\\`,
    `${ESC}Z`,
    '\u0005',
  ].join('|'),
  'g',
);

/** What a console that printed a few lines holds, in bytes; more comes with more text. */
const FIRST_STORAGE_BYTES = 4 * 1024;

/** The last that a text console printed, for who comes later: bounded, and asking the terminal nothing. */
export class TextScrollback {
  readonly #bound: number;
  /** A ring once it has grown to the bound. */
  #storage = new Uint8Array(0);
  #bytes = 0;
  #position = 0;
  #cut = false;

  /** @param bound in bytes */
  constructor(bound: number = LIMITS.scrollbackBytes) {
    this.#bound = bound;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How much was ever printed: a place in the text to come back to. */
  get position(): number {
    return this.#position;
  }

  /** Copies: the tunnel may read into the same memory again. */
  push(text: Uint8Array): void {
    const before = this.#position;
    this.#position += text.length;
    if (this.#position > this.#bound) this.#cut = true;
    if (this.#bound === 0) return;
    this.#makeRoom(Math.min(this.#bound, this.#bytes + text.length));
    this.#bytes = Math.min(this.#bound, this.#bytes + text.length);
    const kept = text.length > this.#bound ? text.subarray(-this.#bound) : text;
    const at = (before + text.length - kept.length) % this.#storage.length;
    const toEnd = Math.min(kept.length, this.#storage.length - at);
    this.#storage.set(toEnd === kept.length ? kept : kept.subarray(0, toEnd), at);
    if (toEnd < kept.length) this.#storage.set(kept.subarray(toEnd), 0);
  }

  /**
   * What was printed, from the beginning of a line, in two parts: up to the line in which `position` stands, and since.
   * Questions are left out: the answers would be typed into whatever runs now.
   */
  replay(position = this.#position): { readonly before: Uint8Array; readonly since: Uint8Array } {
    const all = this.#all();
    const start = this.#cut ? all.indexOf(NEWLINE) + 1 : 0;
    const known = this.#bytes - (this.#position - position);
    // Not in the middle of a line, where an unfinished sequence may stand.
    const line = known > 0 ? all.lastIndexOf(NEWLINE, known - 1) + 1 : 0;
    const split = known >= this.#bytes ? this.#bytes : Math.max(start, line);
    return { before: quiet(all.subarray(start, split)), since: quiet(all.subarray(split)) };
  }

  /** Below the bound nothing was ever left out, so that a place in the storage is one in the text. */
  #makeRoom(needed: number): void {
    const { length } = this.#storage;
    if (needed <= length) return;
    const grown = new Uint8Array(Math.min(this.#bound, Math.max(needed, length * 2, FIRST_STORAGE_BYTES)));
    grown.set(this.#storage);
    this.#storage = grown;
  }

  #all(): Buffer {
    const { buffer, length } = this.#storage;
    const storage = Buffer.from(buffer);
    const start = this.#cut && length > 0 ? this.#position % length : 0;
    if (start === 0) return storage.subarray(0, this.#bytes);
    return Buffer.concat([storage.subarray(start), storage.subarray(0, start)]);
  }
}

function quiet(text: Buffer): Uint8Array {
  return Buffer.from(text.toString('latin1').replace(QUESTIONS, ''), 'latin1');
}
