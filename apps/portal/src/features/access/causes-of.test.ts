import { describe, expect, it } from 'vitest';
import type { GrantRow } from '../../server/grants/list-grants.ts';
import { grantsOf, lastEnd } from './causes-of.ts';

const grant = (id: string, endsAt: Date | null): GrantRow => ({
  id,
  person: null,
  team: null,
  target: { kind: 'all' },
  role: 'viewer',
  rights: [],
  reason: '',
  endsAt,
  createdAt: new Date(0),
  givenBy: null,
  request: null,
  mayEnd: true,
});
const [soon, late] = [new Date(1_000), new Date(2_000)];
const grants = [grant('a', soon), grant('b', late), grant('c', null)];

describe('the grants of a row', () => {
  it('are those that it names', () => {
    expect(grantsOf({ grantIds: ['c', 'a'] }, grants).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it.each([
    [['a', 'b'], late],
    [['a'], soon],
    [['a', 'c'], null],
    [[], null],
  ])('%j end at %s', (grantIds, end) => {
    expect(lastEnd({ grantIds }, grants)).toEqual(end);
  });
});
