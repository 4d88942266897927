import { describe, expect, it } from 'vitest';
import { judge, withinBounds } from './goals.ts';

describe('the goals of the relay', () => {
  it('are judged for every lane of Porthole that was measured, and for no other', () => {
    const verdicts = judge({
      floor: { down1: 1 },
      'ws-pipe': { down1: 1.6 },
      porthole: { down1: 1.2, fairness64: 0.6 },
      'porthole raw': { down1: 1.1 },
    });
    expect(verdicts.map(({ lane, figure, met }) => [lane, figure, met])).toEqual([
      ['porthole', 'down1', false],
      ['porthole raw', 'down1', true],
      ['porthole', 'fairness64', true],
    ]);
  });

  it('are missed a little without breaking the bound, and much only with it', () => {
    expect(withinBounds(judge({ porthole: { down1: 1.5 } }))).toBe(true);
    expect(withinBounds(judge({ porthole: { down1: 9 } }))).toBe(false);
    expect(withinBounds(judge({ porthole: { fairness64: 0.01 } }))).toBe(false);
  });

  it('hold for nothing where nothing was measured', () => {
    expect(withinBounds(judge({ floor: { down1: 1 } }))).toBe(false);
  });
});
