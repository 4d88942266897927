import type {
  CloseKind,
  ConnectStep,
  ConsoleKind,
  Copying,
  HubState,
  Lost,
  Receipt,
  ServerMessage,
} from '@porthole/relay-contract';
import type { ConsoleEnd } from './console-end.ts';
import {
  type KeyboardModel,
  keyboardPlace,
  loseKeyboard,
  NO_KEYBOARD,
  takeKeyboardNews,
} from './console-keyboard.ts';

/**
 * Where a console stands. `redialling`: our seat is kept while the relay builds the tunnel anew; `waiting`: our own
 * line is gone and the next try has a time.
 */
export const PHASES = ['asking', 'connecting', 'opening', 'open', 'redialling', 'waiting', 'ended'] as const;
export type Phase = (typeof PHASES)[number];

/** The legal moves; whatever else is asked for leaves the phase as it is. */
export const MOVES = {
  asking: ['connecting', 'waiting', 'ended'],
  connecting: ['opening', 'open', 'waiting', 'ended'],
  opening: ['open', 'redialling', 'waiting', 'ended'],
  open: ['redialling', 'waiting', 'ended'],
  redialling: ['open', 'waiting', 'ended'],
  waiting: ['asking', 'ended'],
  ended: [],
} as const satisfies Record<Phase, readonly Phase[]>;

/** Why there is no line while waiting: a close of the contract, or no pass for now; null where nobody said. */
export type WaitReason = CloseKind | 'no-relay' | 'log-away';

export interface Seat {
  seatId: string;
  name: string;
  rights: readonly string[];
  holdsKeyboard: boolean;
  /** Came by a guest link. */
  guest?: true | undefined;
  /** Of the provider's support. */
  support?: true | undefined;
}

/** All that the console page shows, in one value. Times are epoch milliseconds. */
export interface ConsoleModel {
  phase: Phase;
  kind: ConsoleKind;
  hub: HubState | null;
  seatId: string | null;
  ticketId: string | null;
  rights: readonly string[];
  /** What the organisation lets its people copy. */
  copying: Copying;
  /** Milliseconds of each step that is done. */
  steps: Partial<Record<ConnectStep, number>>;
  seats: readonly Seat[];
  keyboard: KeyboardModel;
  /** Names of all others who were here at any time. */
  met: readonly string[];
  /** A picture or text has been seen since the page opened. */
  hadPicture: boolean;
  /** What the relay says of the line that it builds anew, and when its next try is due. */
  redial: { cause: Lost['cause']; nextTryAt: number } | null;
  /** Why the line is gone, while waiting. */
  why: WaitReason | null;
  nextTryAt: number | null;
  /** Typing is stopped because the relay can't confirm the access; `closesAt` where it will close. */
  paused: { closesAt: number | null } | null;
  idleClosesAt: number | null;
  idleTimeoutMs: number | null;
  /** How long a console lasts at most. */
  maximumTimeMs: number | null;
  /** When this one is over for that reason, and when that was last said; from the first notice on. */
  maximum: { closesAt: number; toldAt: number } | null;
  endsAt: number | null;
  /** When `type` was taken away under way. */
  narrowedAt: number | null;
  /** Who did that; null where nobody said. */
  narrowedBy: string | null;
  /** What the relay said of a change of our access that is about to follow. */
  accessChanged: { by: string | null; at: number; reason: string } | null;
  roundTripMs: number | null;
  receipt: Receipt | null;
  end: ConsoleEnd | null;
  endedAt: number | null;
}

export type ConsoleAction =
  | { type: 'asking' }
  /** Another seat takes the place of this one: whoever may type now that came to look. */
  | { type: 'anew' }
  | { type: 'connecting'; ticketId: string }
  | { type: 'message'; message: ServerMessage; at: number }
  | { type: 'waiting'; why: WaitReason | null; nextTryAt: number }
  | { type: 'round-trip'; ms: number }
  | { type: 'viewer-up' }
  | { type: 'stayed' }
  | { type: 'ended'; end: ConsoleEnd; at: number };

export function firstModel(kind: ConsoleKind): ConsoleModel {
  return {
    phase: 'asking',
    kind,
    hub: null,
    seatId: null,
    ticketId: null,
    rights: [],
    copying: { toGuest: true, fromGuest: true },
    steps: {},
    seats: [],
    keyboard: NO_KEYBOARD,
    met: [],
    hadPicture: false,
    redial: null,
    why: null,
    nextTryAt: null,
    paused: null,
    idleClosesAt: null,
    idleTimeoutMs: null,
    maximumTimeMs: null,
    maximum: null,
    endsAt: null,
    narrowedAt: null,
    narrowedBy: null,
    accessChanged: null,
    roundTripMs: null,
    receipt: null,
    end: null,
    endedAt: null,
  };
}

/** Pure: the next model. An action that the phase doesn't allow changes nothing. */
export function consoleMachine(model: ConsoleModel, action: ConsoleAction): ConsoleModel {
  switch (action.type) {
    case 'asking':
      return move(model, 'asking', { steps: {}, nextTryAt: null, hub: null });
    case 'anew':
      return firstModel(model.kind);
    case 'connecting':
      return move(model, 'connecting', { ticketId: action.ticketId });
    case 'message':
      return model.phase === 'ended' && action.message.type !== 'receipt'
        ? model
        : take(model, action.message, action.at);
    case 'waiting':
      return move(model, 'waiting', {
        redial: null,
        why: action.why,
        nextTryAt: action.nextTryAt,
        idleClosesAt: null,
        paused: null,
        seats: [],
        keyboard: loseKeyboard(model.keyboard, model.seatId),
      });
    case 'round-trip':
      return { ...model, roundTripMs: action.ms };
    case 'viewer-up':
      return model.phase === 'opening' || model.phase === 'redialling' ? opened(model) : model;
    case 'stayed':
      return { ...model, idleClosesAt: null };
    case 'ended':
      return move(model, 'ended', { end: action.end, endedAt: action.at, idleClosesAt: null, paused: null });
  }
}

function take(model: ConsoleModel, message: ServerMessage, at: number): ConsoleModel {
  switch (message.type) {
    case 'welcome':
      return move(model, 'opening', {
        seatId: message.seatId,
        kind: message.kind,
        rights: message.rights,
        copying: message.copying,
        hub: message.state,
        idleTimeoutMs: message.idleTimeoutMs,
        idleClosesAt: null,
        maximumTimeMs: message.maximumTimeMs,
        maximum: null,
        endsAt: endOf(message.endsAt),
        why: null,
        steps: { ...model.steps, pass: model.steps.pass ?? 0 },
      });
    case 'step': {
      const next = { ...model, steps: { ...model.steps, [message.step]: message.ms } };
      return message.step === 'picture' && next.phase !== 'open' ? opened(next) : next;
    }
    case 'state':
      return takeHub({ ...model, hub: message.state, redial: redialOf(message.lost, at) }, message.state);
    case 'rights': {
      const next = { ...model, rights: message.rights, copying: message.copying, accessChanged: null };
      const narrowed = model.rights.includes('type') && !message.rights.includes('type');
      const told = model.accessChanged;
      return narrowed ? { ...next, narrowedAt: told?.at ?? at, narrowedBy: told?.by ?? null } : next;
    }
    case 'access-changed':
      return {
        ...model,
        accessChanged: { by: message.by, at: Date.parse(message.at), reason: message.reason },
      };
    case 'presence':
      return { ...model, seats: message.seats, met: metBy(model, message.seats) };
    case 'typing-paused':
      return {
        ...model,
        paused: { closesAt: message.closesInMs === null ? null : at + message.closesInMs },
      };
    case 'idle-soon':
      return { ...model, idleClosesAt: message.closesInMs === null ? null : at + message.closesInMs };
    case 'max-soon':
      return {
        ...model,
        maximum: message.closesInMs === null ? null : { closesAt: at + message.closesInMs, toldAt: at },
      };
    case 'times':
      return { ...model, idleTimeoutMs: message.idleTimeoutMs, maximumTimeMs: message.maximumTimeMs };
    case 'access-end':
      return { ...model, endsAt: endOf(message.endsAt) };
    case 'receipt':
      return { ...model, receipt: message.receipt };
    case 'while-away':
    case 'pong':
      return model;
    case 'keyboard-state':
    case 'keyboard-asked':
    case 'keyboard-not-now':
      return { ...model, keyboard: takeKeyboardNews(model.keyboard, message, model.seatId, at) };
  }
}

function endOf(endsAt: string | null): number | null {
  return endsAt === null ? null : Date.parse(endsAt);
}

/** Whether what is typed here goes to the machine: by right, and by having the keyboard. */
export function types(model: ConsoleModel): boolean {
  return model.rights.includes('type') && keyboardPlace(model.keyboard, model.seatId) === 'mine';
}

/** Whether what the machine copies may come here: by right, and by the organisation's policy. */
export function copiesFromGuest(model: ConsoleModel): boolean {
  return model.rights.includes('clipboard') && model.copying.fromGuest;
}

/** The name of a seat that is here; empty for one that has gone. */
export function nameOf(model: ConsoleModel, seatId: string | null): string {
  return model.seats.find((seat) => seat.seatId === seatId)?.name ?? '';
}

function metBy(model: ConsoleModel, seats: readonly Seat[]): readonly string[] {
  const others = seats.filter(({ seatId }) => seatId !== model.seatId).map(({ name }) => name);
  return [...new Set([...model.met, ...others])];
}

function takeHub(model: ConsoleModel, hub: HubState): ConsoleModel {
  if (hub === 'lost' || (hub === 'dialling' && model.phase === 'open')) return move(model, 'redialling', {});
  // A text console may stay silent for hours: an open tunnel is all that can be known of it.
  if (hub === 'open' && (model.kind === 'text' || model.phase === 'redialling')) return opened(model);
  return model;
}

function redialOf(lost: Lost | null, at: number): ConsoleModel['redial'] {
  return lost === null ? null : { cause: lost.cause, nextTryAt: at + lost.nextTryInMs };
}

function opened(model: ConsoleModel): ConsoleModel {
  return move(model, 'open', { hadPicture: true, why: null, nextTryAt: null });
}

function move(model: ConsoleModel, phase: Phase, change: Partial<ConsoleModel>): ConsoleModel {
  const allowed: readonly Phase[] = MOVES[model.phase];
  if (model.phase !== phase && !allowed.includes(phase)) return model;
  return { ...model, ...change, phase };
}
