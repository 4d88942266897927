import { codeOf } from '@porthole/errors';
import type { Dice } from './dice.ts';
import { Broken, type FuzzReader, type FuzzTarget } from './fuzz-target.ts';
import { randomCuts } from './mutate.ts';

/** Most time of the processor that one input may take, in milliseconds; an honest one takes a thousandth. */
const MAX_INPUT_MS = 5_000;
/** Longer inputs are not tried byte by byte. */
const MAX_SINGLE_BYTES = 1_024;

/** What came of one input. */
export interface Tried {
  /** What is wrong, or null. */
  readonly broken: string | null;
  readonly refused: boolean;
  /** What kinds of things it told: an input with another one is worth keeping. */
  readonly shape: string;
}

interface Played {
  readonly transcript: string;
  readonly refusal: string | null;
  readonly kinds: ReadonlySet<string>;
}

/**
 * Gives one input to a reader, whole, byte by byte and cut at random. Only a refusal of the room's own may be thrown, and
 * then again whatever follows; all three ways must be told the same; memory and output stay within the target's bounds.
 */
export function tryInput(target: FuzzTarget, input: Uint8Array, dice: Dice): Tried {
  const before = process.cpuUsage();
  try {
    const whole = play(target, input, []);
    const ways: [string, number[]][] = [];
    if (target.streams && input.length <= MAX_SINGLE_BYTES) ways.push(['byte by byte', [...input.keys()]]);
    if (target.streams) ways.push(['cut at random', randomCuts(input.length, dice)]);
    for (const [how, cuts] of ways) {
      const cut = play(target, input, cuts);
      if (cut.transcript !== whole.transcript) throw new Broken(`${how} it tells something else than whole`);
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1_000;
    if (ms > MAX_INPUT_MS) throw new Broken(`${input.length} bytes took ${Math.round(ms)} ms`);
    const shape = [...whole.kinds].sort().join(' ');
    return { broken: null, refused: whole.refusal !== null, shape };
  } catch (error) {
    return { broken: wordsOf(error), refused: false, shape: '' };
  }
}

function play(target: FuzzTarget, input: Uint8Array, cuts: readonly number[]): Played {
  const lines: string[] = [];
  const kinds = new Set<string>();
  let told = 0;
  const reader = target.begin((line) => {
    lines.push(line);
    kinds.add(kindOf(line));
    told += line.length;
  });
  let refusal: string | null = null;
  for (const piece of piecesOf(input, cuts)) {
    refusal = refusalOf(target, () => reader.push(piece));
    boundMemory(target, reader);
    if (refusal !== null) break;
  }
  if (refusal !== null) staysRefused(target, reader, refusal);
  else refusal = refusalOf(target, () => reader.end());
  const { toldPerByte, toldAtLeast } = target.bounds;
  if (told > toldAtLeast + input.length * toldPerByte)
    throw new Broken(`${input.length} bytes made it tell ${told} characters`);
  kinds.add(`refused ${refusal}`);
  return { transcript: [...lines, `refused ${refusal}`].join('\n'), refusal, kinds };
}

function refusalOf(target: FuzzTarget, act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Broken || !target.isRefusal(error)) throw error;
    return codeOf(error) ?? 'refused';
  }
}

function staysRefused(target: FuzzTarget, reader: FuzzReader, refusal: string): void {
  if (!target.streams) return;
  for (const bytes of [Uint8Array.of(0), Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0)])
    if (refusalOf(target, () => reader.push(bytes)) !== refusal)
      throw new Broken(`it refused with ${refusal}, and then took more`);
}

function boundMemory({ bounds }: FuzzTarget, { held = 0 }: FuzzReader): void {
  if (held > bounds.heldBytes) throw new Broken(`it keeps ${held} bytes`);
}

function piecesOf(input: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts, input.length];
  // As copies: a reader that keeps a view of what it was given would be found out.
  return places.slice(1).map((end, index) => input.slice(places[index], end));
}

/** The first two words of a line, as far as they are words: numbers would make every input something new. */
function kindOf(line: string): string {
  return line.split(' ', 2).join(' ').replace(/\d.*$/, '');
}

function wordsOf(error: unknown): string {
  if (error instanceof Broken) return error.message;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `it threw what is no refusal: ${words}`;
}
