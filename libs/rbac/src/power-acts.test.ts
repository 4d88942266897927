import { describe, expect, it } from 'vitest';
import { ACT_RULES, isForce, isReboot, POWER_ACTS, POWER_STATES } from './power-acts.ts';
import { BUNDLES } from './rights.ts';

describe('what may be asked of a machine’s power', () => {
  it('leads somewhere else than it goes from, but for reboots', () => {
    for (const act of POWER_ACTS) {
      const { from, to } = ACT_RULES[act];
      expect(from.includes(to), act).toBe(isReboot(act));
    }
  });

  it('leaves no state without a way out that does not force', () => {
    for (const state of POWER_STATES)
      expect(POWER_ACTS.some((act) => !isForce(act) && ACT_RULES[act].from.includes(state))).toBe(true);
  });

  it('trap 32: is never what may turn hard by itself; what discards a suspended machine’s memory is forced', () => {
    expect(POWER_ACTS).not.toContain('shutdown');
    for (const act of POWER_ACTS)
      if (ACT_RULES[act].from.includes('Suspended') && act !== 'resume') expect(isForce(act)).toBe(true);
  });

  it('may be done by an operator, and forced by a manager alone', () => {
    for (const act of POWER_ACTS) {
      const { right } = ACT_RULES[act];
      expect(BUNDLES.viewer).not.toContain(right);
      expect(BUNDLES.operator.some((one) => one === right)).toBe(!isForce(act));
      expect(BUNDLES.manager).toContain(right);
    }
  });
});
