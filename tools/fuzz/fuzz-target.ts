/** One reader at work on one input. What it tells of, in order, is its transcript. */
export interface FuzzReader {
  /** The next piece of the input. @throws what the reader under test throws */
  push(bytes: Uint8Array): void;
  /** The input is over: tells of whatever is left to compare. @throws Broken where the outcome is one that must not be */
  end(): void;
  /** Bytes that it keeps of what it was given, where it can say so. */
  readonly held?: number;
}

/** Something that reads what a stranger sends. Each stands in a file of its name below targets/. */
export interface FuzzTarget {
  readonly name: string;
  /** Whether input comes in pieces; then it must read the same however it is cut. */
  readonly streams: boolean;
  /** Inputs that get far, to begin from; what lies in corpus/NAME is added to them. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces of the format that chance would not find. */
  readonly words: readonly Uint8Array[];
  /** Most bytes that the reader may keep, and most that it may tell for each byte of input. */
  readonly bounds: { readonly heldBytes: number; readonly toldPerByte: number; readonly toldAtLeast: number };
  /** What a refusal looks like: anything else that is thrown is a fault of ours. */
  readonly isRefusal: (error: unknown) => boolean;
  begin(tell: (line: string) => void): FuzzReader;
}

/** An outcome that must not be, whatever came in. */
export class Broken extends Error {}

/** A short sign of bytes for a transcript: the same only for the same, near enough. */
export function signOf(bytes: Uint8Array): string {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return `${bytes.length}:${sum.toString(16)}`;
}
