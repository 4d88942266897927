import { describe, expect, it } from 'vitest';
import { type KeyboardModel, NO_KEYBOARD } from './console-keyboard.ts';
import { type ConsoleModel, firstModel } from './console-machine.ts';
import { keyboardWay, secondsTo } from './keyboard-way.ts';

const NOW = 1000;
const theirs: KeyboardModel = { ...NO_KEYBOARD, known: true, holder: 'ann' };
const model = (keyboard: KeyboardModel, more: Partial<ConsoleModel> = {}): ConsoleModel => ({
  ...firstModel('screen'),
  phase: 'open',
  seatId: 'me',
  rights: ['look', 'type'],
  keyboard,
  ...more,
});
const asking = (mayTakeAt: number | null) => ({ ...theirs, asking: [{ seatId: 'me', mayTakeAt }] });
const taking = { seatId: 'me', name: 'Me', reason: '', at: 6000 };

describe('the way to the keyboard', () => {
  it.each([
    ['take', 'where nobody has it', model({ ...theirs, holder: null })],
    ['take', 'from who is away', model({ ...theirs, holderIdle: true })],
    ['take', 'after no answer', model(asking(NOW))],
    ['ask', 'while somebody types', model(theirs)],
    ['ask-again', 'after a refusal', model({ ...theirs, refused: { at: 0, until: 60_000 } })],
    ['ask', 'where it may only be asked for', model({ ...theirs, rule: 'ask-only' })],
    ['none', 'however long one waited there', model({ ...asking(null), rule: 'ask-only' })],
    ['barred', 'where one person keeps it', model({ ...theirs, rule: 'one-person' })],
    ['take', 'there, too, from who is away', model({ ...theirs, rule: 'one-person', holderIdle: true })],
    ['none', 'while an answer is due', model(asking(NOW + 1))],
    ['none', 'while it is being taken by us', model({ ...theirs, taking })],
    ['none', 'where it is ours', model({ ...theirs, holder: 'me' })],
    ['none', 'before the relay has told', model(NO_KEYBOARD)],
    ['none', 'for who may only look', model({ ...theirs, holder: null }, { rights: ['look'] })],
    ['none', 'without a line', model({ ...theirs, holder: null }, { phase: 'waiting' })],
    ['none', 'while typing is paused', model({ ...theirs, holder: null }, { paused: { closesAt: null } })],
  ] as const)('is %s %s', (way, _when, given) => {
    expect(keyboardWay(given, NOW)).toBe(way);
  });

  it('counts whole seconds, never below nought', () => {
    expect([secondsTo(6000, NOW), secondsTo(6001, NOW), secondsTo(0, NOW)]).toEqual([5, 6, 0]);
  });
});
