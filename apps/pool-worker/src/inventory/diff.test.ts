import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedColumns } from './diff.ts';

describe('changed columns', () => {
  it('are those that differ, and no other', () => {
    const before = { a: 1, b: 'x', c: new Date(5), d: ['x'], e: 2n };
    expect(changedColumns(before, { ...before, c: new Date(5), d: ['x'], e: 2n })).toBeNull();
    expect(changedColumns(before, { ...before, c: new Date(6), d: ['y'] })).toEqual({
      c: new Date(6),
      d: ['y'],
    });
    expect(changedColumns(before, { b: 'y' })).toEqual({ b: 'y' });
  });

  it('tell null from empty', () => {
    expect(changedColumns<{ a: string[] | null }>({ a: null }, { a: [] })).toEqual({ a: [] });
  });

  it('make the row what it should be', () => {
    const row = fc.record({
      a: fc.integer(),
      b: fc.array(fc.string()),
      c: fc.date(),
      d: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(row, row, (before, after) => {
        expect({ ...before, ...changedColumns(before, after) }).toEqual(after);
      }),
    );
  });
});
