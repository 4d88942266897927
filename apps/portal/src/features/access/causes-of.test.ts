import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import type { AccessRow } from '../../server/access/access-report.ts';
import type { GrantRow } from '../../server/grants/list-grants.ts';
import words from '../../words/en.json' with { type: 'json' };
import { cellName, grantsOf, lastEnd } from './causes-of.ts';

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
const web = { kind: 'vm', vmId: '1', name: 'web-01' } as const;
const grants = [grant('a', soon), grant('b', late), grant('c', null)];

describe('the name of a cell', () => {
  it('says what gives that right, and nothing that gives only others', () => {
    const t = createTranslator({ locale: 'en', messages: words });
    const row = {
      id: '1',
      name: 'web-01',
      rights: ['look', 'type'],
      barred: null,
      byRole: false,
      grantIds: ['looks', 'types', 'jons'],
    } satisfies AccessRow;
    const all: GrantRow[] = [
      { ...grant('looks', null), target: { kind: 'tag', tag: 'prod' } },
      { ...grant('types', null), role: 'operator', team: { id: 't', name: 'On-call' }, target: web },
      { ...grant('jons', null), role: null, rights: ['type'], givenBy: 'Jon', target: web },
    ];
    expect(cellName(row, 'type', all, t)).toBe('Type: yes, by team On-call, a grant of Jon');
    expect(cellName({ ...row, byRole: true }, 'type', [], t)).toBe('Type: yes, by role here');
  });
});

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
