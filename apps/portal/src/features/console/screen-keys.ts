/** One key as RFB names it: X keysym and the code of its place on the keyboard. */
export interface ScreenKey {
  keysym: number;
  code: string;
}

const CONTROL: ScreenKey = { keysym: 0xffe3, code: 'ControlLeft' };
const ALT: ScreenKey = { keysym: 0xffe9, code: 'AltLeft' };
const FIRST_FUNCTION_KEYSYM = 0xffbe;
const FUNCTION_KEYS = 12;

export const SHIFT: ScreenKey = { keysym: 0xffe1, code: 'ShiftLeft' };

/** F1 to F12. */
export const FUNCTION_KEY_LIST: readonly { label: string; keys: readonly ScreenKey[] }[] = Array.from(
  { length: FUNCTION_KEYS },
  (_, index) => ({
    label: `F${index + 1}`,
    keys: [{ keysym: FIRST_FUNCTION_KEYSYM + index, code: `F${index + 1}` }],
  }),
);

/** What a browser or a desktop keeps for itself (design §6). */
export const KEPT_COMBINATIONS: readonly { label: string; keys: readonly ScreenKey[] }[] = [
  { label: 'Esc', keys: [{ keysym: 0xff1b, code: 'Escape' }] },
  { label: 'Tab', keys: [{ keysym: 0xff09, code: 'Tab' }] },
  { label: 'Alt+Tab', keys: [ALT, { keysym: 0xff09, code: 'Tab' }] },
  { label: 'Alt+F4', keys: [ALT, { keysym: 0xffc1, code: 'F4' }] },
  { label: 'Ctrl+W', keys: [CONTROL, { keysym: 0x77, code: 'KeyW' }] },
  { label: 'Ctrl+T', keys: [CONTROL, { keysym: 0x74, code: 'KeyT' }] },
  { label: 'Win', keys: [{ keysym: 0xffeb, code: 'MetaLeft' }] },
  { label: 'PrtSc', keys: [{ keysym: 0xff61, code: 'PrintScreen' }] },
  { label: 'Ctrl+Alt+F1', keys: [CONTROL, ALT, { keysym: 0xffbe, code: 'F1' }] },
  { label: 'Ctrl+Alt+F2', keys: [CONTROL, ALT, { keysym: 0xffbf, code: 'F2' }] },
  { label: 'Ctrl+Alt+F7', keys: [CONTROL, ALT, { keysym: 0xffc4, code: 'F7' }] },
];
