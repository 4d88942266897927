import { describe, expect, it } from 'vitest';
import { type ConsoleFacts, consoleChoices } from './console-choices.ts';

const running: ConsoleFacts = {
  powerState: 'Running',
  screenSwitchedOff: false,
  screenConsoleRef: 'OpaqueRef:1',
  textConsoleRef: 'OpaqueRef:2',
};
const of = (over: Partial<ConsoleFacts>) =>
  Object.fromEntries(
    consoleChoices({ ...running, ...over }).map(({ kind, reason, best }) => [kind, best ? 'best' : reason]),
  );

describe('the consoles of a machine', () => {
  it('are both there while it runs, and the screen is the better one', () => {
    expect(of({})).toEqual({ screen: 'best', text: null });
  });

  it.each([
    ['Halted', 'off'],
    ['Suspended', 'suspended'],
    ['Paused', 'paused'],
  ] as const)('are not there while it is %s', (powerState, reason) => {
    expect(of({ powerState })).toEqual({ screen: reason, text: reason });
  });

  it('fall back to text where the screen is switched off, even if the host lists one', () => {
    expect(of({ screenSwitchedOff: true })).toEqual({ screen: 'switched-off', text: 'best' });
  });

  it('fall back to text where the host offers no screen, and to nothing where it offers none', () => {
    expect(of({ screenConsoleRef: null })).toEqual({ screen: 'not-offered', text: 'best' });
    expect(of({ screenConsoleRef: null, textConsoleRef: null })).toEqual({
      screen: 'not-offered',
      text: 'not-offered',
    });
  });
});
