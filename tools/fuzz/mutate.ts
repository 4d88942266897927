import type { Dice } from './dice.ts';

/** Longest input that is made, in bytes: limits are reached by what a length says, not by sending it all. */
export const MAX_INPUT_BYTES = 4_096;
const MOST_CHANGES = 6;
const EDGES = [0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 254, 255];
const WIDE_EDGES = [
  0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

type Change = (
  input: Buffer,
  dice: Dice,
  words: readonly Uint8Array[],
  others: readonly Uint8Array[],
) => Buffer;

const CHANGES: readonly Change[] = [
  function flipABit(input, dice) {
    const at = dice.roll(input.length);
    input[at] = (input[at] ?? 0) ^ (1 << dice.roll(8));
    return input;
  },
  function setAnEdge(input, dice) {
    input[dice.roll(input.length)] = dice.pick(EDGES);
    return input;
  },
  function setAnyByte(input, dice) {
    input[dice.roll(input.length)] = dice.roll(256);
    return input;
  },
  function writeANumber(input, dice) {
    const bytes = dice.pick([2, 4]);
    if (input.length < bytes) return input;
    const value = dice.pick(WIDE_EDGES) % 2 ** (8 * bytes);
    input.writeUIntBE(value, dice.roll(input.length - bytes + 1), bytes);
    return input;
  },
  function insertBytes(input, dice) {
    const bytes = Buffer.from(Array.from({ length: 1 + dice.roll(16) }, () => dice.roll(256)));
    return splice(input, dice.roll(input.length + 1), 0, bytes);
  },
  function insertAWord(input, dice, words) {
    return words.length === 0 ? input : splice(input, dice.roll(input.length + 1), 0, dice.pick(words));
  },
  function overwriteWithAWord(input, dice, words) {
    if (words.length === 0) return input;
    const word = dice.pick(words);
    return splice(input, dice.roll(input.length + 1), word.length, word);
  },
  function removeBytes(input, dice) {
    return splice(input, dice.roll(input.length), 1 + dice.roll(32), Buffer.alloc(0));
  },
  function repeatAPart(input, dice) {
    const start = dice.roll(input.length);
    const part = Buffer.from(input.subarray(start, start + 1 + dice.roll(64)));
    const times = 1 + dice.roll(8);
    return splice(input, start, 0, Buffer.concat(Array.from({ length: times }, () => part)));
  },
  function joinAnother(input, dice, _words, others) {
    const other = Buffer.from(dice.pick(others));
    return Buffer.concat([
      input.subarray(0, dice.roll(input.length + 1)),
      other.subarray(dice.roll(other.length + 1)),
    ]);
  },
  function cutOff(input, dice) {
    return input.subarray(0, dice.roll(input.length + 1));
  },
];

/**
 * Another input near one that is known to get far: a few changes of bits, numbers, parts and words of the format.
 * @param others what parts may be taken from; at least one
 */
export function mutate(
  from: Uint8Array,
  dice: Dice,
  words: readonly Uint8Array[],
  others: readonly Uint8Array[],
): Uint8Array {
  let input: Buffer = Buffer.from(from);
  for (let left = 1 + dice.roll(MOST_CHANGES); left > 0; left -= 1) {
    if (input.length === 0) input = Buffer.of(dice.roll(256));
    input = Buffer.from(dice.pick(CHANGES)(input, dice, words, others).subarray(0, MAX_INPUT_BYTES));
  }
  return input;
}

/** The places where an input is cut: anywhere, few or many. */
export function randomCuts(length: number, dice: Dice): number[] {
  const count = dice.roll(1 + Math.min(length, dice.pick([2, 8, 64])));
  const places = new Set(Array.from({ length: count }, () => dice.roll(length + 1)));
  return [...places].sort((a, b) => a - b);
}

function splice(input: Buffer, at: number, remove: number, insert: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, at), insert, input.subarray(at + remove)]);
}
