import { describe, expect, it } from 'vitest';
import { LeaveChord } from './leave-chord.ts';

function play(keys: string): boolean[] {
  const chord = new LeaveChord();
  return keys.split(' ').flatMap((key) => {
    if (key.startsWith('-')) return [chord.keyUp(key.slice(1))];
    chord.keyDown(key);
    return [];
  });
}

describe('the leave chord', () => {
  it('is complete when the first of the three is let go', () => {
    expect(play('ControlLeft AltLeft ShiftLeft -ShiftLeft')).toEqual([true]);
    expect(play('ShiftRight ControlRight AltLeft -AltLeft')).toEqual([true]);
  });

  it('is not two of them', () => {
    expect(play('ControlLeft AltLeft -AltLeft -ControlLeft')).toEqual([false, false]);
  });

  it('is broken by any other key until all are let go', () => {
    expect(play('ControlLeft AltLeft ShiftLeft Delete -Delete -ShiftLeft -AltLeft -ControlLeft')).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(play('KeyA -KeyA ControlLeft -ControlLeft ControlLeft AltLeft ShiftLeft -AltLeft').at(-1)).toBe(
      true,
    );
  });
});
