import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gapsIn, TRAPS, trapsIn, trapTests } from './trap-catalogue.ts';

describe('the traps of xenapi.md §10', () => {
  it('each have a test of their name', () => {
    expect(gapsIn(trapTests(path.join(import.meta.dirname, '../..')))).toEqual([]);
  });

  it('are found by the title of a test alone', () => {
    const texts = [
      `it('trap 7: one', () => {`,
      `it.each([['a', 1]] satisfies X[])(\n  'trap 8: each %s',`,
      `// trap 9: only spoken of`,
      `expect('trap 10: no').toBe(1)`,
      `describe('trap 11: a group', () => {`,
    ];
    expect(texts.flatMap(trapsIn)).toEqual([7, 8]);
  });

  it('are missed when one has none', () => {
    const all = new Map(
      Array.from({ length: TRAPS }, (_, at): [number, string[]] => [at + 1, ['a.test.ts']]),
    );
    expect(gapsIn(all)).toEqual([]);
    all.delete(28);
    all.set(36, ['b.test.ts']);
    expect(gapsIn(all)).toEqual([
      'trap 28 of xenapi.md §10 has no test',
      'there is no trap 36 in xenapi.md §10',
    ]);
  });
});
