import { keepInput, MAX_KEPT, MAX_KEPT_BYTES, readCorpus } from './corpus.ts';
import { Dice } from './dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutate.ts';
import { tryInput } from './try-input.ts';

/** Most inputs that a run goes on from. */
const MAX_POOL = 1_000;
/** How many are tried before it is looked at the clock. */
const BATCH = 50;

export interface FuzzOptions {
  readonly seed: number;
  readonly ms: number;
  /** Inputs that tell something new, and those that break something, become files of the corpus. */
  readonly keep: boolean;
}

export interface FuzzResult {
  readonly tries: number;
  readonly refused: number;
  readonly shapes: number;
  readonly kept: number;
  /** What broke, with the input that did it. */
  readonly broken: readonly {
    readonly words: string;
    readonly input: Uint8Array;
    readonly file: string | null;
  }[];
}

/**
 * Tries a target's corpus, then inputs near it until the time is over or something breaks. With the same seed and corpus
 * the same inputs come in the same order; those that make the reader tell something new are gone on from.
 */
export function fuzz(target: FuzzTarget, { seed, ms, keep }: FuzzOptions): FuzzResult {
  const dice = new Dice(seed);
  const end = performance.now() + ms;
  const kept = readCorpus(target.name);
  const pool = [...kept.map(({ bytes }) => bytes), ...target.seeds];
  const shapes = new Set<string>();
  const broken: { words: string; input: Uint8Array; file: string | null }[] = [];
  const counts = { tries: 0, refused: 0, kept: kept.length };
  const attempt = (input: Uint8Array, from: 'corpus' | 'seeds' | 'chance'): void => {
    const { broken: words, refused, shape } = tryInput(target, input, dice);
    counts.tries += 1;
    if (refused) counts.refused += 1;
    if (words !== null) {
      broken.push({ words, input, file: keep ? keepInput(target.name, input, true) : null });
      return;
    }
    if (shapes.has(shape)) return;
    shapes.add(shape);
    if (from === 'chance' && pool.length < MAX_POOL) pool.push(input);
    if (from === 'corpus') return;
    if (!keep || counts.kept >= MAX_KEPT || input.length > MAX_KEPT_BYTES) return;
    keepInput(target.name, input, false);
    counts.kept += 1;
  };
  for (const { bytes } of kept) attempt(bytes, 'corpus');
  for (const input of target.seeds) attempt(input, 'seeds');
  while (broken.length === 0 && performance.now() < end)
    for (let n = 0; n < BATCH && broken.length === 0; n += 1)
      attempt(mutate(dice.pick(pool), dice, target.words, pool), 'chance');
  return { ...counts, shapes: shapes.size, broken };
}
