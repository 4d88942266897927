import { describe, expect, it } from 'vitest';
import type { MachineRow } from '../../server/machines/machine.ts';
import { mergeChanges } from './merge-changes.ts';

const row = (id: string, change: Partial<MachineRow> = {}): MachineRow => ({
  id,
  uuid: id,
  name: `web-${id}`,
  powerState: 'Running',
  operation: null,
  crashedAt: null,
  startedAt: null,
  tags: ['prod'],
  addresses: [],
  osName: null,
  isControlDomain: false,
  rights: ['look'],
  isLocked: false,
  poolName: 'Frankfurt',
  unknownSince: null,
  here: [],
  screen: true,
  text: true,
  ...change,
});
const list = {
  rows: [row('1'), row('2')],
  total: 2,
  tags: ['prod'],
  asOf: new Date(0),
  pools: '',
  managers: [],
};
const asOf = new Date(1_000);
const changed = { rows: [row('2', { powerState: 'Halted' })], left: [], isWhole: false, asOf };

describe('what has changed of a list', () => {
  it('takes the place of what was there, and leaves every other row the object that it was', () => {
    const merged = mergeChanges(list, changed);
    expect(merged?.rows.map(({ powerState }) => powerState)).toEqual(['Running', 'Halted']);
    expect(merged?.rows[0]).toBe(list.rows[0]);
    expect(merged?.asOf).toEqual(asOf);
    expect(list.rows[1]?.powerState).toBe('Running');
  });

  it('that is the same leaves the same objects', () => {
    const merged = mergeChanges(list, { ...changed, rows: [row('1'), row('2')] });
    expect(merged?.rows[0]).toBe(list.rows[0]);
    expect(merged?.rows[1]).toBe(list.rows[1]);
  });

  it.each([
    ['too much', { isWhole: true }],
    ['a machine that is new', { rows: [row('3')] }],
    ['one that left', { left: ['1'] }],
    ['another name, by which it is sorted', { rows: [row('1', { name: 'z' })] }],
    ['another tag, by which it is filtered', { rows: [row('1', { tags: ['test'] })] }],
  ])('wants the whole list for %s', (_what, change) => {
    expect(mergeChanges(list, { ...changed, ...change })).toBeNull();
  });

  it('does not mind that one left which it never had', () => {
    expect(mergeChanges(list, { ...changed, left: ['9'] })).not.toBeNull();
  });
});
