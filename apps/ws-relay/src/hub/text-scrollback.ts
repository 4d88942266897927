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
  #cut = false;

  /** @param bound in bytes */
  constructor(bound: number = LIMITS.scrollbackBytes) {
    this.#bound = bound;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(text: Uint8Array): void {
    // The tunnel may read into the same memory again.
    const copy = new Uint8Array(text.subarray(-this.#bound));
    this.#chunks.push(copy);
    this.#bytes += copy.length;
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
   * What was printed, from the beginning of a line. Questions are left out: the answers would be typed into whatever runs
   * now.
   */
  replay(): Uint8Array {
    const all = Buffer.concat(this.#chunks, this.#bytes);
    const start = this.#cut ? all.indexOf(NEWLINE) + 1 : 0;
    const text = all.subarray(start).toString('latin1').replace(QUESTIONS, '');
    return Buffer.from(text, 'latin1');
  }
}
