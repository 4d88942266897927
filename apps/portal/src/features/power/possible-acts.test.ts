import { describe, expect, it } from 'vitest';
import { actToRun } from './possible-acts.ts';

const machine = {
  name: 'web-01',
  powerState: 'Halted',
  operation: null,
  isControlDomain: false,
  rights: ['look', 'power'],
} as const;

describe('what makes a console possible', () => {
  it.each([
    ['Halted', 'start'],
    ['Paused', 'unpause'],
    ['Suspended', 'resume'],
    ['Running', null],
  ] as const)('from %s is %s', (powerState, act) => {
    expect(actToRun({ ...machine, powerState })).toBe(act);
  });

  it('is nothing for who has no power over it, for a host itself, and while it is on its way', () => {
    expect(actToRun({ ...machine, rights: ['look', 'type'] })).toBeNull();
    expect(actToRun({ ...machine, isControlDomain: true })).toBeNull();
    expect(actToRun({ ...machine, operation: 'start' })).toBeNull();
  });
});
