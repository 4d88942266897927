import { describe, expect, it } from 'vitest';
import { ConsoleLifecycle, type ConsoleState, MOVES } from './console-lifecycle.ts';

function at(state: ConsoleState): ConsoleLifecycle {
  const life = new ConsoleLifecycle();
  if (state === 'open') life.open();
  if (state === 'closed') life.close('left');
  return life;
}

describe('the life of a console', () => {
  it.each(Object.keys(MOVES) as ConsoleState[])('allows from %s exactly what the table says', (state) => {
    const legal: readonly ConsoleState[] = MOVES[state];
    expect(at(state).open()).toBe(legal.includes('open'));
    expect(at(state).close('left')).toBe(legal.includes('closed'));
  });

  it('keeps the reason of whoever ended it first', () => {
    const life = at('open');
    expect(life.close('withdrawn')).toBe(true);
    expect(life.close('hostLost')).toBe(false);
    expect(life.closedBy).toBe('withdrawn');
  });

  it('has no reason while it lives', () => {
    expect(at('open').closedBy).toBeNull();
  });
});
