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

/** The last that a text console printed, for who comes later: bounded, and asking the terminal nothing. */
export class TextScrollback {
  readonly #bound: number;
  #chunks: Uint8Array[] = [];
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

  push(text: Uint8Array): void {
    // The tunnel may read into the same memory again.
    const copy = new Uint8Array(text.subarray(-this.#bound));
    this.#chunks.push(copy);
    this.#bytes += copy.length;
    this.#position += text.length;
    while (this.#bytes > this.#bound) {
      const [first] = this.#chunks;
      if (first === undefined) break;
      const over = this.#bytes - this.#bound;
      this.#cut = true;
      if (first.length > over) this.#chunks[0] = first.subarray(over);
      else this.#chunks.shift();
      this.#bytes -= Math.min(over, first.length);
    }
  }

  /**
   * What was printed, from the beginning of a line, in two parts: up to the line in which `position` stands, and since.
   * Questions are left out: the answers would be typed into whatever runs now.
   */
  replay(position = this.#position): { readonly before: Uint8Array; readonly since: Uint8Array } {
    const all = Buffer.concat(this.#chunks, this.#bytes);
    const start = this.#cut ? all.indexOf(NEWLINE) + 1 : 0;
    const known = this.#bytes - (this.#position - position);
    // Not in the middle of a line, where an unfinished sequence may stand.
    const line = known > 0 ? all.lastIndexOf(NEWLINE, known - 1) + 1 : 0;
    const split = known >= this.#bytes ? this.#bytes : Math.max(start, line);
    return { before: quiet(all.subarray(start, split)), since: quiet(all.subarray(split)) };
  }
}

function quiet(text: Buffer): Uint8Array {
  return Buffer.from(text.toString('latin1').replace(QUESTIONS, ''), 'latin1');
}
