import { describe, expect, it } from 'vitest';
import type { Gate } from './gate.ts';
import { judge } from './run-gate.ts';

const gate: Gate = {
  name: 'x',
  promise: 'nobody gets in',
  defence: 'the lock',
  run: async () => ({ breaches: [], counts: {} }),
};
const holds = { breaches: [], counts: { tries: 3 } };
const broken = { breaches: ['one got in'], counts: { tries: 3 } };

describe('a gate', () => {
  it('passes when nothing was breached, and says how much was tried', () => {
    expect(judge(gate, holds, false)).toEqual({ passed: true, sentence: 'holds: nobody gets in (tries 3)' });
  });

  it('fails with the breach', () => {
    expect(judge(gate, broken, false)).toMatchObject({ passed: false });
    expect(judge(gate, broken, false).sentence).toContain('one got in');
  });

  it('passes a proof only when it noticed that the defence was off', () => {
    expect(judge(gate, broken, true).passed).toBe(true);
    expect(judge(gate, holds, true)).toMatchObject({ passed: false });
    expect(judge(gate, holds, true).sentence).toContain('the lock');
  });
});
