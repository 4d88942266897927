import { keyboardPlace, mayTake, ownAsk } from './console-keyboard.ts';
import type { ConsoleModel } from './console-machine.ts';

/**
 * What somebody who doesn't have the keyboard can do next: `take` it at once, `ask`, `ask-again` (once `askAgainAt` has
 * come), nothing but wait, or `barred`: it stays with one person here until they let go.
 */
export type KeyboardWay = 'take' | 'ask' | 'ask-again' | 'barred' | 'none';

/** @param now epoch milliseconds */
export function keyboardWay(model: ConsoleModel, now: number): KeyboardWay {
  const { keyboard, seatId } = model;
  if (model.phase !== 'open' || model.paused !== null || !model.rights.includes('type')) return 'none';
  if (mayTake(keyboard, seatId, now)) return 'take';
  if (keyboardPlace(keyboard, seatId) !== 'theirs' || ownAsk(keyboard, seatId) !== null) return 'none';
  if (keyboard.taking?.seatId === seatId) return 'none';
  if (keyboard.rule === 'one-person') return 'barred';
  return keyboard.refused === null ? 'ask' : 'ask-again';
}

/** Seconds until a moment, rounded up, never below nought. */
export function secondsTo(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1000));
}
