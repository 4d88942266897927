import type { Clock } from '../clock.ts';

/** Largest number in a control sequence; also far beyond any screen, so `CSI 9999;9999H` still finds the corner. */
export const MAX_PARAMETER = 999;
/** Largest number in a private one (`CSI ? …`): modes go to 2026, colours and keys to 65535. */
export const MAX_PRIVATE_PARAMETER = 65_535;
/** Most numbers in one sequence; xterm itself keeps 32. */
export const MAX_PARAMETERS = 32;
/** A control sequence longer than this is left out as a whole, in bytes. */
export const MAX_SEQUENCE_BYTES = 512;
/** Sequences that make a terminal answer (DA, DSR, DECRQM, …) let through each second. */
export const MAX_REPORTS_PER_SECOND = 20;
/** Repetitions (REP, `CSI n b`) let through each second: each may paint {@link MAX_PARAMETER} characters. */
export const MAX_REPEATS_PER_SECOND = 200;

const ESC = 0x1b;
const BRACKET = 0x5b;
const C1_LEAD = 0xc2;
const C1_CSI = 0x9b;
const CANCEL = new Set([0x18, 0x1a]);
const SECOND_MS = 1_000;

type State = 'ground' | 'escape' | 'c1' | 'sequence' | 'oversized';

/**
 * Bounds what a guest's text can cost the terminal that paints it (security.md §9, last line): numbers in control
 * sequences, their count and length, and the rate of those that make the terminal answer or repeat. Everything else
 * passes byte for byte. Sequences may be split anywhere; an unfinished one waits for its end.
 */
export class TextClamp {
  readonly #clock: Clock;
  #state: State = 'ground';
  #sequence: number[] = [];
  #windowStart = 0;
  #reports = 0;
  #repeats = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns what may go to a browser; may be empty */
  push(bytes: Uint8Array): Uint8Array {
    // Most text has no control sequence at all: nothing is copied for it.
    if (this.#state === 'ground' && !bytes.includes(ESC) && !bytes.includes(C1_LEAD)) return bytes;
    const out: number[] = [];
    for (const byte of bytes) this.#take(byte, out);
    return Uint8Array.from(out);
  }

  #take(byte: number, out: number[]): void {
    if (this.#state === 'sequence' || this.#state === 'oversized') this.#inSequence(byte, out);
    else if (this.#state === 'ground') this.#inText(byte, out);
    else this.#afterLead(byte, out);
  }

  #inText(byte: number, out: number[]): void {
    if (byte === ESC) this.#state = 'escape';
    else if (byte === C1_LEAD) this.#state = 'c1';
    else out.push(byte);
  }

  /** U+009B is CSI as well as `ESC [`, once the terminal has decoded UTF-8. */
  #afterLead(byte: number, out: number[]): void {
    const lead = this.#state === 'c1' ? { byte: C1_LEAD, csi: C1_CSI } : { byte: ESC, csi: BRACKET };
    if (byte === lead.csi) {
      this.#state = 'sequence';
      this.#sequence = [];
      return;
    }
    this.#state = 'ground';
    out.push(lead.byte);
    this.#take(byte, out);
  }

  #inSequence(byte: number, out: number[]): void {
    if (byte === ESC || CANCEL.has(byte)) {
      this.#state = 'ground';
      this.#take(byte, out);
    } else if (byte < 0x20) {
      // Control characters inside a sequence act at once and do not end it (ECMA-48 as terminals do it).
      out.push(byte);
    } else if (byte >= 0x40 && byte <= 0x7e) {
      this.#end(byte, out);
    } else if (this.#sequence.length >= MAX_SEQUENCE_BYTES) {
      this.#state = 'oversized';
    } else {
      this.#sequence.push(byte);
    }
  }

  #end(final: number, out: number[]): void {
    const oversized = this.#state === 'oversized';
    this.#state = 'ground';
    if (oversized || !this.#withinRate(final)) return;
    out.push(ESC, BRACKET);
    for (const byte of clampParameters(this.#sequence)) out.push(byte);
    out.push(final);
  }

  #withinRate(final: number): boolean {
    const letter = String.fromCharCode(final);
    if (letter !== 'b' && !'cnpxt'.includes(letter)) return true;
    const now = this.#clock.now();
    if (now - this.#windowStart >= SECOND_MS) {
      this.#windowStart = now;
      this.#reports = 0;
      this.#repeats = 0;
    }
    if (letter === 'b') {
      this.#repeats += 1;
      return this.#repeats <= MAX_REPEATS_PER_SECOND;
    }
    this.#reports += 1;
    return this.#reports <= MAX_REPORTS_PER_SECOND;
  }
}

/** The bytes between CSI and its final byte, with every number and their count within bounds. */
function clampParameters(bytes: readonly number[]): Uint8Array {
  const text = String.fromCharCode(...bytes);
  const isPrivate = /^[<=>?]/.test(text);
  const max = isPrivate ? MAX_PRIVATE_PARAMETER : MAX_PARAMETER;
  let count = 0;
  const clamped = text.replace(
    /([;:]?)(\d+)|[;:]/g,
    (all, separator: string | undefined, digits?: string) => {
      count += 1;
      if (count > MAX_PARAMETERS) return '';
      if (digits === undefined) return all;
      return `${separator ?? ''}${digits.length > 6 ? max : Math.min(Number(digits), max)}`;
    },
  );
  return Uint8Array.from(clamped, (character) => character.charCodeAt(0));
}
