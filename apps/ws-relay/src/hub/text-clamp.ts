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
/** Characters and lines that may be repeated, scrolled, put in or taken out each second, by the numbers of their sequences. */
export const MAX_WORK_PER_SECOND = 200_000;
/** Longest string to the terminal itself (OSC, DCS and the like: titles, colours); longer ones are left out, in bytes. */
export const MAX_STRING_BYTES = 4_096;

const ESC = 0x1b;
const BRACKET = 0x5b;
const C1_LEAD = 0xc2;
const C1_CSI = 0x9b;
const C1_ST = 0x9c;
const BEL = 0x07;
const OSC = 0x5d;
const DCS = 0x50;
/** What begins a string, behind ESC and as C1 (ECMA-48 §8.3: OSC, DCS, SOS, PM, APC). */
const STRINGS: ReadonlyMap<number, number> = new Map([
  [0x9d, OSC],
  [0x90, DCS],
  [0x98, 0x58],
  [0x9e, 0x5e],
  [0x9f, 0x5f],
]);
const STRING_STARTS: ReadonlySet<number> = new Set(STRINGS.values());
/** DECID: an old way to ask who the terminal is. */
const IDENTIFY = 0x5a;
const CANCEL = new Set([0x18, 0x1a]);
const SECOND_MS = 1_000;

type State = 'ground' | 'escape' | 'c1' | 'sequence' | 'oversized' | 'string';

/** Finals whose work does not grow with their numbers: places, modes, colours, erasing, questions. */
const LIGHT = 'mHfABCDEFGdea`JKhlrsugqcnpxt';
const QUESTIONS = 'cnpxt';
const QUESTION_MARK = 0x3f;

/**
 * Bounds what a guest's text can cost the terminal that paints it (security.md §9, last line): numbers in control
 * sequences, their count and length, the length of strings, and the rate of those that make the terminal answer, repeat
 * or scroll. Everything else passes byte for byte. Sequences may be split anywhere; an unfinished one waits for its end.
 */
export class TextClamp {
  readonly #clock: Clock;
  #state: State = 'ground';
  #sequence: number[] = [];
  #windowStart = 0;
  #reports = 0;
  #work = 0;
  /** What began the string under way, as behind ESC. */
  #stringStart = 0;

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
    else if (this.#state === 'string') this.#inString(byte, out);
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
    const start = lead.byte === ESC ? byte : (STRINGS.get(byte) ?? 0);
    if (STRING_STARTS.has(start)) {
      this.#state = 'string';
      this.#stringStart = start;
      this.#sequence = [];
      return;
    }
    this.#state = 'ground';
    if (lead.byte === ESC && byte === IDENTIFY && !this.#mayAsk()) return;
    out.push(lead.byte);
    this.#take(byte, out);
  }

  /** A string lasts until ST, for OSC also BEL; any other ESC ends it too, as terminals have it. */
  #inString(byte: number, out: number[]): void {
    const isC1 = byte === C1_ST && this.#sequence.at(-1) === C1_LEAD;
    if (isC1) this.#sequence.pop();
    if (CANCEL.has(byte)) this.#state = 'ground';
    else if (byte === ESC || isC1 || (byte === BEL && this.#stringStart === OSC)) {
      this.#state = byte === ESC ? 'escape' : 'ground';
      this.#endString(byte === ESC ? [] : isC1 ? [C1_LEAD, C1_ST] : [BEL], out);
    } else if (this.#sequence.length < MAX_STRING_BYTES + 2) this.#sequence.push(byte);
    // Too long already: only the last byte matters any more, which may begin its end.
    else this.#sequence[MAX_STRING_BYTES + 1] = byte;
  }

  #endString(end: readonly number[], out: number[]): void {
    const text = this.#sequence;
    // A colour is asked for with a question mark (OSC), settings with a whole string (DCS).
    const asks = this.#stringStart === DCS || text.includes(QUESTION_MARK);
    if (text.length > MAX_STRING_BYTES || (asks && !this.#mayAsk())) return;
    out.push(ESC, this.#stringStart);
    for (const byte of text) out.push(byte);
    out.push(...end);
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
    if (oversized) return;
    const parameters = clampParameters(this.#sequence);
    if (!this.#withinRate(String.fromCharCode(final), parameters)) return;
    out.push(ESC, BRACKET);
    for (const byte of parameters) out.push(byte);
    out.push(final);
  }

  #withinRate(final: string, parameters: Uint8Array): boolean {
    if (QUESTIONS.includes(final)) return this.#mayAsk();
    // With a byte between numbers and final it is another sequence, such as scrolling sideways.
    const isPlain = !parameters.some((byte) => byte < 0x30);
    if (isPlain && LIGHT.includes(final)) return true;
    this.#beginSecond();
    this.#work += Math.max(1, Number.parseInt(String.fromCharCode(...parameters), 10) || 1);
    return this.#work <= MAX_WORK_PER_SECOND;
  }

  #mayAsk(): boolean {
    this.#beginSecond();
    this.#reports += 1;
    return this.#reports <= MAX_REPORTS_PER_SECOND;
  }

  #beginSecond(): void {
    const now = this.#clock.now();
    if (now - this.#windowStart < SECOND_MS) return;
    this.#windowStart = now;
    this.#reports = 0;
    this.#work = 0;
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
