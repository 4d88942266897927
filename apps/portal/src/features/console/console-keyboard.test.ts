import type { ServerMessage } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import {
  keyboardPlace,
  loseKeyboard,
  mayTake,
  NO_KEYBOARD,
  ownAsk,
  takeKeyboardNews,
} from './console-keyboard.ts';

type News = Extract<ServerMessage, { type: `keyboard-${string}` }>;
type State = Extract<News, { type: 'keyboard-state' }>;

const NOW = 1000;
const state = (holder: string | null, more: Partial<State> = {}): State => ({
  type: 'keyboard-state',
  holder,
  holderIdle: false,
  rule: 'free',
  asking: [],
  taking: null,
  ...more,
});
const play = (...news: News[]) =>
  news.reduce((keyboard, message) => takeKeyboardNews(keyboard, message, 'me', NOW), NO_KEYBOARD);

describe('the keyboard of a console', () => {
  it('is nobody’s business before the relay has told', () => {
    expect(keyboardPlace(NO_KEYBOARD, 'me')).toBe('unknown');
    expect(mayTake(NO_KEYBOARD, 'me', NOW)).toBe(false);
  });

  it.each([
    ['mine', 'me'],
    ['theirs', 'ann'],
    ['nobody', null],
  ] as const)('is %s by what the relay says last', (place, holder) => {
    expect(keyboardPlace(play(state('ben'), state(holder)), 'me')).toBe(place);
  });

  it.each([
    ['yours', 'ann', 'me'],
    ['lost', 'me', 'ann'],
    ['moved', 'ben', 'ann'],
    ['free', 'ann', null],
    ['free', 'me', null],
  ] as const)('tells of a move: %s', (what, from, to) => {
    expect(play(state(from), state(to)).change).toEqual({ what, at: NOW });
  });

  it('tells of no move at the first word, nor where it stays', () => {
    expect(play(state('me')).change).toBeNull();
    expect(play(state('ann'), state('ann', { holderIdle: true })).change).toBeNull();
  });

  it('keeps the reason of who asks for as long as they ask', () => {
    const asked: News = {
      type: 'keyboard-asked',
      seatId: 'ann',
      name: 'Ann',
      reason: 'disk is full',
      endsInMs: 20_000,
    };
    const asking = play(
      state('me'),
      asked,
      state('me', { asking: [{ seatId: 'ann', mayTakeInMs: 20_000 }] }),
    );
    expect(asking).toMatchObject({
      reasons: { ann: 'disk is full' },
      asking: [{ seatId: 'ann', mayTakeAt: 21_000 }],
    });
    expect(takeKeyboardNews(asking, state('me'), 'me', NOW).reasons).toEqual({});
  });

  it('may be taken when free, left alone, or not answered in time, and not otherwise', () => {
    const asked = play(state('ann', { asking: [{ seatId: 'me', mayTakeInMs: 20_000 }] }));
    expect(ownAsk(asked, 'me')).toEqual({ seatId: 'me', mayTakeAt: 21_000 });
    expect(mayTake(asked, 'me', 20_999)).toBe(false);
    expect(mayTake(asked, 'me', 21_000)).toBe(true);
    expect(mayTake(asked, 'ben', 21_000)).toBe(false);
    expect(mayTake(play(state(null)), 'me', NOW)).toBe(true);
    expect(mayTake(play(state('ann', { holderIdle: true })), 'me', NOW)).toBe(true);
    const taking = { seatId: 'ben', name: 'Ben', reason: '', inMs: 5000 };
    expect(mayTake(play(state('ann', { holderIdle: true, taking })), 'me', NOW)).toBe(false);
    expect(mayTake(play(state('me')), 'me', NOW)).toBe(false);
  });

  it('is not taken by waiting where it may only be asked for', () => {
    const asked = play(state('ann', { rule: 'ask-only', asking: [{ seatId: 'me', mayTakeInMs: null }] }));
    expect(asked).toMatchObject({ rule: 'ask-only', asking: [{ seatId: 'me', mayTakeAt: null }] });
    expect(mayTake(asked, 'me', NOW + 3_600_000)).toBe(false);
    expect(mayTake({ ...asked, holderIdle: true }, 'me', NOW)).toBe(true);
  });

  it('remembers a refusal until the keyboard moves', () => {
    const refused = play(state('ann'), { type: 'keyboard-not-now', askAgainInMs: 60_000 });
    expect(refused.refused).toEqual({ at: NOW, until: 61_000 });
    expect(takeKeyboardNews(refused, state('ann'), 'me', NOW).refused).not.toBeNull();
    expect(takeKeyboardNews(refused, state('ben'), 'me', NOW).refused).toBeNull();
  });

  it('comes back after a lost line to who had it, unless somebody else has it by then', () => {
    const lost = loseKeyboard(play(state('me')), 'me');
    expect(lost).toEqual({ ...NO_KEYBOARD, comesBack: true });
    expect(loseKeyboard(lost, 'me').comesBack).toBe(true);
    expect(takeKeyboardNews(lost, state(null), 'other', NOW).comesBack).toBe(true);
    expect(takeKeyboardNews(lost, state('ann'), 'other', NOW).comesBack).toBe(false);
    expect(loseKeyboard(play(state('ann')), 'me').comesBack).toBe(false);
  });
});
