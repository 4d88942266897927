import {
  type ClientMessage,
  type KeyboardRule,
  type KeyboardState,
  LIMITS,
  type ServerMessage,
} from '@porthole/relay-contract';
import type { Cancel, Clock } from '../clock.ts';

/** What the keyboard needs to know of a seat. */
export interface Typist {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly mayType: boolean;
  /** A Manager: may take the keyboard without having asked, where the rule lets anybody take it. */
  readonly mayShare: boolean;
}

export type KeyboardMessage = Extract<ClientMessage, { type: `keyboard-${string}` }>;

/** Why the keyboard is with somebody else than before; `opening` is the first who may type, where nobody did. */
export type KeyboardCause =
  | 'opening'
  | 'free'
  | 'handed-over'
  | 'unanswered'
  | 'manager'
  | 'idle'
  | 'released'
  | 'left'
  | 'right-gone';

/** One change of hands; seats by their ids, null for nobody. */
export interface KeyboardMove {
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: KeyboardCause;
  /** What who took it said; may be empty. */
  readonly reason: string;
}

export interface KeyboardListener {
  /** Something that `state` tells is another than before; all seats hear of it. */
  changed(): void;
  /** The holder has changed: what the one before held down is to be let go. */
  moved(move: KeyboardMove): void;
  say(seatId: string, message: ServerMessage): void;
}

interface Ask {
  readonly askedAt: number;
}

interface Taking {
  readonly by: Typist;
  readonly reason: string;
  readonly endsAt: number;
  /** `idle`, only because the holder seemed to be away: a key from the holder ends it. */
  readonly cause: Extract<KeyboardCause, 'unanswered' | 'manager' | 'idle'>;
  readonly cancel: Cancel;
}

const NEVER: Cancel = () => undefined;

/**
 * Who of a console's seats types: one at a time, visible to all (design.md §6, "Hand-over"). Knows rights, messages and
 * time, and nothing of how seats are reached.
 */
export class Keyboard {
  readonly #clock: Clock;
  readonly #listener: KeyboardListener;
  readonly #typists = new Map<string, Typist>();
  readonly #asks = new Map<string, Ask>();
  /** Who was answered "not now", and until when they may not ask again. */
  readonly #refusedUntil = new Map<string, number>();
  #rule: KeyboardRule = 'free';
  #holder: string | null = null;
  #inputAt = 0;
  #idle = false;
  #cancelIdle: Cancel = NEVER;
  #taking: Taking | null = null;

  constructor(clock: Clock, listener: KeyboardListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  get holder(): string | null {
    return this.#holder;
  }

  /** A seat is there. The first that may type, where nobody holds the keyboard, gets it at opening. */
  join(typist: Typist): void {
    this.#typists.set(typist.id, typist);
    if (this.#holder === null && typist.mayType) this.#give(typist.id, 'opening');
  }

  leave(seatId: string): void {
    if (!this.#typists.delete(seatId)) return;
    this.#refusedUntil.delete(seatId);
    this.#withdraw(seatId);
    if (this.#holder === seatId) this.#free('left');
    else this.#listener.changed();
  }

  /** The rights of a seat have changed. */
  change(typist: Typist): void {
    if (!this.#typists.has(typist.id)) return;
    this.#typists.set(typist.id, typist);
    if (typist.mayType) return;
    this.#withdraw(typist.id);
    if (this.#holder === typist.id) this.#free('right-gone');
  }

  /** The organisation's rule, which counts at once: what it no longer allows and is under way ends. */
  setRule(rule: KeyboardRule): void {
    if (rule === this.#rule) return;
    this.#rule = rule;
    if (rule !== 'free' && this.#taking !== null && this.#taking.cause !== 'idle') this.#endTaking();
    if (rule === 'one-person') this.#asks.clear();
    this.#listener.changed();
  }

  /** The holder gave input. Costs an assignment, since it is called for each key. */
  input(): void {
    this.#inputAt = this.#clock.now();
    if (!this.#idle) return;
    this.#idle = false;
    if (this.#taking?.cause === 'idle') this.#endTaking();
    this.#watchIdleness();
    this.#listener.changed();
  }

  /** What a seat says of the keyboard; what it may not say changes nothing. */
  obey(seatId: string, message: KeyboardMessage): void {
    const typist = this.#typists.get(seatId);
    if (typist === undefined) return;
    if (message.type === 'keyboard-ask') this.#ask(typist, message.reason);
    else if (message.type === 'keyboard-take') this.#take(typist, message.reason);
    else if (seatId !== this.#holder) return;
    else if (message.type === 'keyboard-hand-over') this.#handOver(message.seatId);
    else if (message.type === 'keyboard-not-now') this.#notNow();
    else this.#free('released');
  }

  /** The whole truth, as of now. */
  state(): KeyboardState {
    const now = this.#clock.now();
    const left = (until: number) => Math.max(0, Math.round(until - now));
    return {
      type: 'keyboard-state',
      holder: this.#holder,
      holderIdle: this.#idle,
      rule: this.#rule,
      asking: [...this.#asks].map(([seatId, { askedAt }]) => ({
        seatId,
        mayTakeInMs: this.#rule === 'free' ? left(askedAt + LIMITS.keyboardAnswerMs) : null,
      })),
      taking:
        this.#taking === null
          ? null
          : {
              seatId: this.#taking.by.id,
              name: this.#taking.by.name,
              reason: this.#taking.reason,
              inMs: left(this.#taking.endsAt),
            },
    };
  }

  cancel(): void {
    this.#cancelIdle();
    this.#endTaking();
  }

  #ask(typist: Typist, reason: string): void {
    if (!typist.mayType || typist.id === this.#holder || this.#asks.has(typist.id)) return;
    if (this.#holder === null) {
      this.#give(typist.id, 'free', reason);
      return;
    }
    if (this.#rule === 'one-person') return;
    const now = this.#clock.now();
    const refusedUntil = this.#refusedUntil.get(typist.id) ?? 0;
    if (now < refusedUntil) {
      const askAgainInMs = Math.round(refusedUntil - now);
      this.#listener.say(typist.id, { type: 'keyboard-not-now', askAgainInMs });
      return;
    }
    this.#asks.set(typist.id, { askedAt: now });
    this.#listener.say(this.#holder, {
      type: 'keyboard-asked',
      seatId: typist.id,
      name: typist.name,
      reason,
      endsInMs: this.#rule === 'free' ? LIMITS.keyboardAnswerMs : null,
    });
    this.#listener.changed();
  }

  #notNow(): void {
    const until = this.#clock.now() + LIMITS.keyboardAskAgainMs;
    for (const seatId of this.#asks.keys()) {
      this.#refusedUntil.set(seatId, until);
      this.#listener.say(seatId, { type: 'keyboard-not-now', askAgainInMs: LIMITS.keyboardAskAgainMs });
    }
    if (this.#asks.size === 0) return;
    this.#asks.clear();
    this.#listener.changed();
  }

  #handOver(to: string): void {
    const receiver = this.#typists.get(to);
    if (to === this.#holder || receiver?.mayType !== true) return;
    // From one window of theirs to another it stays with the same person.
    const isOwn = this.#typists.get(this.#holder ?? '')?.personId === receiver.personId;
    if (this.#rule !== 'one-person' || isOwn) this.#give(to, 'handed-over');
  }

  #take(typist: Typist, reason: string): void {
    if (!typist.mayType || typist.id === this.#holder || this.#taking !== null) return;
    if (this.#holder === null) {
      this.#give(typist.id, 'free', reason);
      return;
    }
    const asked = this.#asks.get(typist.id);
    const mayTake = this.#rule === 'free';
    const unanswered =
      mayTake && asked !== undefined && this.#clock.now() - asked.askedAt >= LIMITS.keyboardAnswerMs;
    const asManager = mayTake && typist.mayShare && reason.trim() !== '';
    if (!unanswered && !asManager && !this.#idle) return;
    const cause = unanswered ? 'unanswered' : asManager ? 'manager' : 'idle';
    this.#taking = {
      by: typist,
      reason,
      endsAt: this.#clock.now() + LIMITS.keyboardNoticeMs,
      cause,
      cancel: this.#clock.after(LIMITS.keyboardNoticeMs, () => this.#give(typist.id, cause, reason)),
    };
    this.#listener.changed();
  }

  /** Nobody holds it; who has waited longest for it gets it. */
  #free(cause: KeyboardCause): void {
    const [next = null] = this.#asks.keys();
    this.#give(this.#taking?.by.id ?? next, cause);
  }

  #give(to: string | null, cause: KeyboardCause, reason = ''): void {
    const from = this.#holder;
    this.#endTaking();
    this.#asks.delete(to ?? '');
    this.#refusedUntil.delete(to ?? '');
    this.#holder = to;
    this.#idle = false;
    this.#inputAt = this.#clock.now();
    this.#watchIdleness();
    this.#listener.moved({ from, to, cause, reason });
    this.#listener.changed();
  }

  #withdraw(seatId: string): void {
    this.#asks.delete(seatId);
    if (this.#taking?.by.id === seatId) this.#endTaking();
  }

  #endTaking(): void {
    this.#taking?.cancel();
    this.#taking = null;
  }

  #watchIdleness(): void {
    this.#cancelIdle();
    this.#cancelIdle = NEVER;
    if (this.#holder === null) return;
    const left = this.#inputAt + LIMITS.keyboardIdleMs - this.#clock.now();
    if (left > 0) {
      this.#cancelIdle = this.#clock.after(left, () => this.#watchIdleness());
      return;
    }
    this.#idle = true;
    this.#listener.changed();
  }
}
