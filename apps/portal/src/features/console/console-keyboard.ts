import type { KeyboardState as KeyboardMessage, KeyboardRule, ServerMessage } from '@porthole/relay-contract';

/** How long a strip tells of a keyboard that has moved, in milliseconds. */
export const TOLD_FOR_MS = 20_000;

/** A move of the keyboard as this seat met it: `lost` was ours, `moved` somebody else's. */
export interface KeyboardChange {
  what: 'yours' | 'lost' | 'moved' | 'free';
  at: number;
}

/** Who types at a console, who would like to, and who is about to. Times are epoch milliseconds. */
export interface KeyboardModel {
  /** null until the relay has told: then nobody is known to type, and nothing typed is sent. */
  holder: string | null;
  known: boolean;
  holderIdle: boolean;
  /** What the organisation lets people do about a keyboard that somebody else has. */
  rule: KeyboardRule;
  /** Who has asked and was not answered; longest first. null: waiting alone doesn’t give it. */
  asking: readonly { seatId: string; mayTakeAt: number | null }[];
  /** Why somebody asks, by seat; told to the holder alone. */
  reasons: Readonly<Record<string, string>>;
  taking: { seatId: string; name: string; reason: string; at: number } | null;
  /** The holder keeps it for now: told when, and when one may ask again. */
  refused: { at: number; until: number } | null;
  change: KeyboardChange | null;
  /** It was ours when the line went: it is taken back if nobody has it by then. */
  comesBack: boolean;
}

export const NO_KEYBOARD: KeyboardModel = {
  holder: null,
  known: false,
  holderIdle: false,
  rule: 'free',
  asking: [],
  reasons: {},
  taking: null,
  refused: null,
  change: null,
  comesBack: false,
};

type KeyboardNews = Extract<ServerMessage, { type: `keyboard-${string}` }>;

/** Pure: what a message of the relay makes of the keyboard, for the seat `own`. */
export function takeKeyboardNews(
  keyboard: KeyboardModel,
  message: KeyboardNews,
  own: string | null,
  at: number,
): KeyboardModel {
  switch (message.type) {
    case 'keyboard-state':
      return takeState(keyboard, message, own, at);
    case 'keyboard-asked':
      return { ...keyboard, reasons: { ...keyboard.reasons, [message.seatId]: message.reason } };
    case 'keyboard-not-now':
      return { ...keyboard, refused: { at, until: at + message.askAgainInMs } };
  }
}

function takeState(
  keyboard: KeyboardModel,
  message: KeyboardMessage,
  own: string | null,
  at: number,
): KeyboardModel {
  const { holder, holderIdle, rule, taking } = message;
  const moved = keyboard.known && holder !== keyboard.holder;
  const asking = message.asking.map(({ seatId, mayTakeInMs }) => ({
    seatId,
    mayTakeAt: mayTakeInMs === null ? null : at + mayTakeInMs,
  }));
  return {
    holder,
    known: true,
    holderIdle,
    rule,
    asking,
    reasons: Object.fromEntries(
      Object.entries(keyboard.reasons).filter(([id]) => asking.some(({ seatId }) => seatId === id)),
    ),
    taking:
      taking === null
        ? null
        : { seatId: taking.seatId, name: taking.name, reason: taking.reason, at: at + taking.inMs },
    refused: moved ? null : keyboard.refused,
    change: moved ? { what: changeOf(keyboard.holder, holder, own), at } : keyboard.change,
    comesBack: keyboard.comesBack && holder === null,
  };
}

function changeOf(from: string | null, to: string | null, own: string | null): KeyboardChange['what'] {
  if (to === null) return 'free';
  if (to === own) return 'yours';
  return from === own ? 'lost' : 'moved';
}

/** The line is gone: what was known of the keyboard counts no longer. */
export function loseKeyboard(keyboard: KeyboardModel, own: string | null): KeyboardModel {
  return { ...NO_KEYBOARD, comesBack: keyboard.comesBack || (keyboard.known && keyboard.holder === own) };
}

/** How the keyboard stands to one seat that may type. */
export type KeyboardPlace = 'unknown' | 'mine' | 'nobody' | 'theirs';

/** @param own the seat that asks, null before it has one */
export function keyboardPlace(keyboard: KeyboardModel, own: string | null): KeyboardPlace {
  if (!keyboard.known) return 'unknown';
  if (keyboard.holder === null) return 'nobody';
  return keyboard.holder === own ? 'mine' : 'theirs';
}

/** Our own question to the holder, while it is open. */
export function ownAsk(keyboard: KeyboardModel, own: string | null): { mayTakeAt: number | null } | null {
  return keyboard.asking.find(({ seatId }) => seatId === own) ?? null;
}

/** Whether the relay would let the seat take it without a reason: free, unanswered for long enough, or left alone. */
export function mayTake(keyboard: KeyboardModel, own: string | null, now: number): boolean {
  const place = keyboardPlace(keyboard, own);
  if (place === 'nobody') return true;
  if (place !== 'theirs' || keyboard.taking !== null) return false;
  const ask = ownAsk(keyboard, own);
  return keyboard.holderIdle || (ask?.mayTakeAt != null && ask.mayTakeAt <= now);
}
