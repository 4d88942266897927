import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fromHex, keepInput, readCorpus, toHex } from './corpus.ts';
import { Dice } from './dice.ts';
import { Broken, type FuzzTarget } from './fuzz-target.ts';
import { MAX_INPUT_BYTES, mutate, randomCuts } from './mutate.ts';
import { FUZZ_TARGETS } from './registry.ts';
import { tryInput } from './try-input.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'porthole-fuzz-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

class Refusal extends Error {}

/** Tells the sum of all bytes so far, and does with 0xff and 0xfe what it is told to. */
function target(changes: { onFf?: () => void; sumsPieces?: boolean; remembers?: boolean } = {}): FuzzTarget {
  return {
    name: 'test',
    streams: true,
    seeds: [],
    words: [],
    bounds: { heldBytes: 100, toldPerByte: 4, toldAtLeast: 64 },
    isRefusal: (error) => error instanceof Refusal,
    begin: (tell) => {
      let refused = false;
      let pieces = 0;
      return {
        push: (bytes) => {
          pieces += 1;
          if (refused) throw new Refusal();
          if (bytes.includes(0xff)) changes.onFf?.();
          if (bytes.includes(0xfe)) {
            refused = changes.remembers !== false;
            throw new Refusal();
          }
        },
        end: () => tell(changes.sumsPieces === true ? `pieces ${pieces}` : 'over'),
      };
    },
  };
}
const brokenBy = (of: FuzzTarget, bytes: Uint8Array) => tryInput(of, bytes, new Dice(1)).broken;

describe('an input that is tried', () => {
  const ff = Uint8Array.of(1, 2, 0xff);
  it('passes where it is read the same in any split', () => {
    expect(brokenBy(target(), ff)).toBeNull();
    expect(tryInput(target(), Uint8Array.of(0xfe), new Dice(1))).toMatchObject({
      broken: null,
      refused: true,
    });
  });

  it.each<[string, FuzzTarget, RegExp]>([
    [
      'another error',
      target({ onFf: () => void (undefined as unknown as []).length }),
      /no refusal: TypeError/,
    ],
    [
      'an outcome that must not be',
      target({
        onFf: () => {
          throw new Broken('two and two are five');
        },
      }),
      /two and two are five/,
    ],
    ['a reading that hangs on the split', target({ sumsPieces: true }), /byte by byte/],
  ])('breaks by %s', (_what, of, words) => expect(brokenBy(of, ff)).toMatch(words));

  it('breaks by a refusal that is forgotten', () => {
    expect(brokenBy(target({ remembers: false }), Uint8Array.of(0xfe))).toMatch(/then took more/);
  });
});

describe('inputs', () => {
  it('are the same again for the same seed, and bounded', () => {
    const seeds = [Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), Buffer.alloc(MAX_INPUT_BYTES, 7)];
    const make = (seed: number) => {
      const dice = new Dice(seed);
      return Array.from({ length: 200 }, () => mutate(dice.pick(seeds), dice, seeds, seeds));
    };
    expect(make(3)).toEqual(make(3));
    expect(make(3)).not.toEqual(make(4));
    for (const input of make(3)) expect(input.length).toBeLessThanOrEqual(MAX_INPUT_BYTES);
  });

  it('are cut inside, in order', () => {
    const dice = new Dice(1);
    for (let length = 0; length < 100; length += 1) {
      const cuts = randomCuts(length, dice);
      expect(cuts).toEqual([...cuts].sort((a, b) => a - b));
      expect(cuts.every((at) => at >= 0 && at <= length)).toBe(true);
    }
  });

  it('are kept as hex under their own name', () => {
    const bytes = Buffer.alloc(130, 0xa5);
    const file = keepInput('test', bytes, true, dir);
    expect(path.basename(file)).toMatch(/^broken-[0-9a-f]{16}\.hex$/);
    expect(readFileSync(file, 'utf8')).toBe(toHex(bytes));
    expect(readCorpus('test', dir)).toEqual([{ file: path.basename(file), bytes }]);
    expect(fromHex(toHex(new Uint8Array(0)))).toHaveLength(0);
  });
});

describe('the corpus', () => {
  it.each(FUZZ_TARGETS.map((one) => [one.name, one] as const))('of %s breaks nothing', (_name, one) => {
    const kept = readCorpus(one.name);
    expect(kept.length).toBeGreaterThan(0);
    for (const { file, bytes } of kept) expect([file, brokenBy(one, bytes)]).toEqual([file, null]);
  });
});
