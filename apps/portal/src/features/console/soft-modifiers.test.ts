import { describe, expect, it } from 'vitest';
import { keyOfCharacter, SOFT_MODIFIERS, tapModifier, withModifiers } from './soft-modifiers.ts';

const del = { keysym: 0xffff, code: 'Delete' };

describe('the modifiers of the soft keys', () => {
  it('go from off to next key, to held, to off', () => {
    const next = tapModifier({}, 'Ctrl');
    const held = tapModifier(next, 'Ctrl');
    expect([next, held, tapModifier(held, 'Ctrl')]).toEqual([{ Ctrl: 'next' }, { Ctrl: 'held' }, {}]);
  });

  it('count for one key, unless held', () => {
    const { keys, after } = withModifiers({ Alt: 'next', Ctrl: 'held' }, del);
    expect(keys).toEqual([SOFT_MODIFIERS.Ctrl, SOFT_MODIFIERS.Alt, del]);
    expect(after).toEqual({ Ctrl: 'held' });
  });
});

describe('the key of a character', () => {
  it('comes with Shift where a US keyboard needs it', () => {
    expect(withModifiers({}, keyOfCharacter('_')).keys).toEqual([
      SOFT_MODIFIERS.Shift,
      { keysym: 0x5f, code: '' },
    ]);
    expect(withModifiers({}, keyOfCharacter('a')).keys).toEqual([{ keysym: 0x61, code: '' }]);
  });

  it('is its own number in Latin-1, and marked beyond', () => {
    expect(keyOfCharacter('ä').keysym).toBe(0xe4);
    expect(keyOfCharacter('€').keysym).toBe(0x010020ac);
  });
});
