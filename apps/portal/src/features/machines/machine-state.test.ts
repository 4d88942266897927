import { POWER_STATES } from '@porthole/rbac';
import { describe, expect, it } from 'vitest';
import { serverWords } from '../../words/server-words.ts';
import { type MachineCondition, stateKeyOf, stateWord } from './machine-state.ts';

const t = serverWords;
const calm: MachineCondition = {
  powerState: 'Running',
  operation: null,
  crashedAt: null,
  unknownSince: null,
};

describe('the state of a machine', () => {
  it('has a word for every power state', () => {
    const words = POWER_STATES.map((powerState) => stateWord({ ...calm, powerState }, t));
    expect(words).toEqual(['Running', 'Off', 'Paused', 'Suspended']);
  });

  it('shows what is under way before the state it leaves', () => {
    expect(stateWord({ ...calm, operation: 'clean_reboot' }, t)).toBe('Rebooting');
    expect(stateWord({ ...calm, operation: 'something_new' }, t)).toBe('Busy');
  });

  it('tells an unexpected stop until it is started again', () => {
    expect(stateKeyOf({ ...calm, powerState: 'Halted', crashedAt: new Date() })).toBe('crashed');
    expect(stateKeyOf({ ...calm, crashedAt: new Date() })).toBe('running');
  });

  it('claims nothing of a machine that is not heard of', () => {
    const unknownSince = new Date(2026, 4, 3, 14, 2);
    expect(stateWord({ ...calm, unknownSince }, t)).toBe('Unknown since 14:02');
  });
});
