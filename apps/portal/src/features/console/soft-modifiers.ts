import type { ScreenKey } from './screen-keys.ts';

/** Modifiers of the soft-key row: a tap holds one for the next key, a second tap until it is tapped off (design §6). */
export const SOFT_MODIFIERS = {
  Ctrl: { keysym: 0xffe3, code: 'ControlLeft' },
  Alt: { keysym: 0xffe9, code: 'AltLeft' },
  Shift: { keysym: 0xffe1, code: 'ShiftLeft' },
  Win: { keysym: 0xffeb, code: 'MetaLeft' },
} as const satisfies Record<string, ScreenKey>;
export type SoftModifier = keyof typeof SOFT_MODIFIERS;
export const SOFT_MODIFIER_NAMES = ['Ctrl', 'Alt', 'Shift', 'Win'] as const satisfies readonly SoftModifier[];

/** `next`: for one key. `held`: until tapped again. */
export type ModifierStates = Partial<Record<SoftModifier, 'next' | 'held'>>;

/** Off, next key, held, off. */
export function tapModifier(states: ModifierStates, name: SoftModifier): ModifierStates {
  const { [name]: now, ...rest } = states;
  if (now === undefined) return { ...rest, [name]: 'next' };
  return now === 'next' ? { ...rest, [name]: 'held' } : rest;
}

/** The keys to press for one key, modifiers first; and what is held afterwards. */
export function withModifiers(
  states: ModifierStates,
  key: ScreenKey & { shifted?: boolean },
): { keys: ScreenKey[]; after: ModifierStates } {
  const held = SOFT_MODIFIER_NAMES.filter((name) => states[name] !== undefined);
  const pressed = SOFT_MODIFIER_NAMES.filter(
    (name) => held.includes(name) || (name === 'Shift' && key.shifted === true),
  );
  const kept = held.filter((name) => states[name] === 'held').map((name) => [name, 'held'] as const);
  return {
    keys: [...pressed.map((name) => SOFT_MODIFIERS[name]), { keysym: key.keysym, code: key.code }],
    after: Object.fromEntries(kept),
  };
}

const LATIN_1_END = 0xff;
const UNICODE_KEYSYMS = 0x01000000;

/** On a US keyboard these need Shift, and QEMU's key map takes a keysym for the key alone. */
const SHIFTED = /^[A-Z~!@#$%^&*()_+{}|:"<>?]$/;

/** The key of a character that a system keyboard has given: X keysyms are Latin-1 as it is, the rest with a mark. */
export function keyOfCharacter(character: string): ScreenKey & { shifted: boolean } {
  const point = character.codePointAt(0) ?? 0;
  return {
    keysym: point <= LATIN_1_END ? point : UNICODE_KEYSYMS | point,
    code: '',
    shifted: SHIFTED.test(character),
  };
}
