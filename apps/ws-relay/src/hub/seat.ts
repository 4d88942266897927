import type { Right } from '@porthole/rbac';
import {
  type ClientMessage,
  type CloseKind,
  type ConnectStep,
  type ConsoleKind,
  type Copying,
  type HubState,
  type KeyboardRule,
  LIMITS,
  type Lost,
  type Receipt,
  type ServerMessage,
} from '@porthole/relay-contract';
import type { Clock } from '../clock.ts';
import { ConsoleLifecycle } from '../console-lifecycle.ts';
import type { KeyboardMessage } from './keyboard.ts';
import { ReceiptCounter } from './receipt.ts';
import type { SeatSocket } from './seat-socket.ts';
import { SeatTimers, type SeatTimes } from './seat-timers.ts';

/** Rights that mean something on the wire, in the order people read them. */
export const WIRE_RIGHTS = ['look', 'type', 'clipboard', 'share'] as const satisfies readonly Right[];

export interface SeatInit {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  /** Came by a guest link; everybody there sees it. */
  readonly isGuest?: boolean;
  /** Of the provider's support; everybody there sees it. */
  readonly isSupport?: boolean;
  readonly kind: ConsoleKind;
  readonly rights: readonly Right[];
  readonly copying: Copying;
  readonly keyboardRule: KeyboardRule;
  readonly times: SeatTimes;
  /** When the pass was shown, on the clock of this process. */
  readonly askedAt: number;
  /** The end of the access that opened it, if it has one. */
  readonly endsAt: Date | null;
}

/** What of a browser's socket its seat needs. */
export type SeatConnection = Pick<
  SeatSocket,
  'listen' | 'sendControl' | 'sendBytes' | 'pauseReading' | 'resumeReading' | 'close' | 'queuedBytes'
>;

/** How a seat ended; the receipt is the same for the browser and the log. */
export interface SeatEnd {
  readonly kind: CloseKind;
  readonly receipt: Receipt;
}

/** What a seat's console hears of it. */
export interface SeatListener {
  bytes(seat: Seat, bytes: Uint8Array): void;
  drained(seat: Seat): void;
  /** Input of it went to the host. */
  typed(seat: Seat): void;
  /** What it may do has changed, or whether that can be confirmed. */
  rightsChanged(seat: Seat): void;
  /** The organisation has another rule for its keyboards. */
  keyboardRuleChanged(rule: KeyboardRule): void;
  keyboard(seat: Seat, message: KeyboardMessage): void;
}

/**
 * One person at one console, from the accepted pass to the receipt. Knows rights, times and the socket contract;
 * nothing of RFB and nothing of the host.
 */
export class Seat {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly isGuest: boolean;
  readonly isSupport: boolean;
  readonly kind: ConsoleKind;
  readonly receipt: ReceiptCounter;
  /** Resolves with the one reason for its end. */
  readonly ended: Promise<SeatEnd>;
  readonly #socket: SeatConnection;
  readonly #clock: Clock;
  readonly #life = new ConsoleLifecycle();
  readonly #timers: SeatTimers;
  #times: SeatTimes;
  #endsAt: Date | null;
  readonly #startedAt: number;
  #stepAt: number;
  #rights: ReadonlySet<Right>;
  #copying: Copying;
  #keyboardRule: KeyboardRule;
  #typingPaused = false;
  #typed = false;
  #holdsKeyboard = false;
  #listener: SeatListener | null = null;
  #resolveEnded: (end: SeatEnd) => void = () => undefined;

  constructor(init: SeatInit, socket: SeatConnection, clock: Clock) {
    this.id = init.id;
    this.personId = init.personId;
    this.personName = init.personName;
    this.isGuest = init.isGuest ?? false;
    this.isSupport = init.isSupport ?? false;
    this.kind = init.kind;
    this.#rights = new Set(init.rights);
    this.#copying = init.copying;
    this.#keyboardRule = init.keyboardRule;
    this.#times = init.times;
    this.#endsAt = init.endsAt;
    this.#startedAt = init.askedAt;
    this.#stepAt = init.askedAt;
    this.#socket = socket;
    this.#clock = clock;
    this.receipt = new ReceiptCounter(clock);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#timers = new SeatTimers(clock, init.times, {
      idleSoon: (closesInMs) => this.#say({ type: 'idle-soon', closesInMs }),
      idle: () => this.end('idle'),
      maximumSoon: (closesInMs) => this.#say({ type: 'max-soon', closesInMs }),
      maximumTime: () => this.end('maximumTime'),
    });
    socket.listen({
      bytes: (bytes) => this.#receive(bytes),
      control: (message) => this.#obey(message),
      over: (kind) => this.end(kind),
      drained: () => this.#listener?.drained(this),
    });
  }

  get isOver(): boolean {
    return this.#life.state === 'closed';
  }

  get queuedBytes(): number {
    return this.#socket.queuedBytes;
  }

  get rights(): readonly Right[] {
    return WIRE_RIGHTS.filter((right) => this.#rights.has(right));
  }

  /** Milliseconds since the pass was shown. */
  get ageMs(): number {
    return Math.round(this.#clock.now() - this.#startedAt);
  }

  /** Milliseconds since its person gave any input. */
  get idleMs(): number {
    return this.#timers.idleMs;
  }

  /** Whether the seat may do this now; typing pauses while its authority cannot be confirmed. */
  may(right: Right): boolean {
    return this.#rights.has(right) && (right === 'look' || !this.#typingPaused);
  }

  /** Whether what it types goes to the host: the right, and the keyboard, which one seat holds at a time. */
  get mayType(): boolean {
    return this.#holdsKeyboard && this.may('type');
  }

  get holdsKeyboard(): boolean {
    return this.#holdsKeyboard;
  }

  /** How the keyboard changes hands, as far as the rows of this seat say. */
  get keyboardRule(): KeyboardRule {
    return this.#keyboardRule;
  }

  setKeyboardRule(rule: KeyboardRule): void {
    if (rule === this.#keyboardRule) return;
    this.#keyboardRule = rule;
    this.#listener?.keyboardRuleChanged(rule);
  }

  /** The keyboard came to it, or went. */
  holdKeyboard(holds: boolean): void {
    this.#holdsKeyboard = holds;
  }

  listen(listener: SeatListener): void {
    this.#listener = listener;
  }

  welcome(state: HubState): void {
    this.#say({
      type: 'welcome',
      seatId: this.id,
      kind: this.kind,
      rights: [...this.rights],
      copying: this.#copying,
      state,
      idleTimeoutMs: this.#times.idleTimeoutMs,
      maximumTimeMs: this.#times.maximumTimeMs,
      endsAt: this.#endsAt?.toISOString() ?? null,
    });
    this.step('pass');
  }

  /** Tells that a step is done, with the milliseconds it took. */
  step(step: ConnectStep): void {
    const now = this.#clock.now();
    this.#say({ type: 'step', step, ms: Math.round(now - this.#stepAt) });
    this.#stepAt = now;
  }

  open(): void {
    this.#life.open();
    this.#say({ type: 'state', state: 'open', lost: null });
  }

  /** The line to the host is gone and being built anew; the seat stays. */
  lost(lost: Lost): void {
    this.#say({ type: 'state', state: 'lost', lost });
  }

  presence(seats: readonly Seat[]): void {
    this.#say({
      type: 'presence',
      seats: seats.map((seat) => ({
        seatId: seat.id,
        name: seat.personName,
        rights: [...seat.rights],
        holdsKeyboard: seat.holdsKeyboard,
        ...(seat.isGuest ? { guest: true as const } : {}),
        ...(seat.isSupport ? { support: true as const } : {}),
      })),
    });
  }

  /** Whether text may be copied that way now: by the right of the person, and by the organisation's policy. */
  mayCopy(direction: keyof Copying): boolean {
    return this.#copying[direction] && this.may('clipboard');
  }

  /** Narrows or widens what the seat may do from the next message on. @returns whether its rights have changed */
  setRights(rights: readonly Right[], copying: Copying): boolean {
    const before = this.rights.join();
    const { toGuest, fromGuest } = this.#copying;
    this.#rights = new Set(rights);
    this.#copying = copying;
    const changed = this.rights.join() !== before;
    if (!changed && toGuest === copying.toGuest && fromGuest === copying.fromGuest) return false;
    this.#sayRights();
    if (changed) this.#listener?.rightsChanged(this);
    return changed;
  }

  /** The organisation has other times; they count at once, with the notice that is always given. */
  setTimes(times: SeatTimes): void {
    const { idleTimeoutMs, maximumTimeMs } = times;
    if (idleTimeoutMs === this.#times.idleTimeoutMs && maximumTimeMs === this.#times.maximumTimeMs) return;
    this.#times = times;
    this.#say({ type: 'times', idleTimeoutMs, maximumTimeMs });
    this.#timers.setTimes(times);
  }

  /** The access that lets it look ends at another time than before, or has no end any more. */
  setAccessEnd(endsAt: Date | null): void {
    if (endsAt?.getTime() === this.#endsAt?.getTime()) return;
    this.#endsAt = endsAt;
    this.#say({ type: 'access-end', endsAt: endsAt?.toISOString() ?? null });
  }

  /** Typing stands still because nobody can say whether it is still allowed. */
  pauseTyping(closesInMs: number): void {
    if (this.#typingPaused) return;
    this.#typingPaused = true;
    this.#say({ type: 'typing-paused', closesInMs });
    this.#listener?.rightsChanged(this);
  }

  /** The authority was confirmed again: rights count as before. */
  resumeTyping(): void {
    if (!this.#typingPaused) return;
    this.#typingPaused = false;
    this.#sayRights();
  }

  /** A person gave input; whether it may pass is another question. */
  noteInput(events: number, passed: boolean): void {
    this.#timers.input();
    if (!passed) {
      this.receipt.inputDropped(events);
      return;
    }
    this.#typed = true;
    this.receipt.input(events);
    this.#listener?.typed(this);
  }

  /** Whether anything was typed since this was last asked. */
  takeTyped(): boolean {
    const typed = this.#typed;
    this.#typed = false;
    return typed;
  }

  /** Console bytes for the browser. */
  send(bytes: Uint8Array): void {
    this.receipt.toBrowser(bytes.length);
    this.#socket.sendBytes(bytes);
  }

  pauseReading(): void {
    this.#socket.pauseReading();
  }

  resumeReading(): void {
    this.#socket.resumeReading();
  }

  /** Ends the seat for the one reason that came first: receipt, close code, and nothing after it. */
  end(kind: CloseKind): void {
    if (!this.#life.close(kind)) return;
    this.#timers.cancel();
    this.#listener = null;
    const receipt = this.receipt.snapshot();
    this.#socket.close(kind, { type: 'receipt', receipt });
    this.#resolveEnded({ kind, receipt });
  }

  #receive(bytes: Uint8Array): void {
    this.receipt.fromBrowser(bytes.length);
    this.#listener?.bytes(this, bytes);
  }

  #obey(message: ClientMessage): void {
    if (message.type === 'ping') this.#answerPing(message.id);
    else if (message.type === 'stay') this.#timers.input();
    else if (message.type === 'leave') this.end('left');
    else {
      // Asking, handing over and the like come from a person.
      this.#timers.input();
      this.#listener?.keyboard(this, message);
    }
  }

  /** An answer that waits behind a full queue would tell nothing; a browser that reads none must not collect them. */
  #answerPing(id: number): void {
    if (this.queuedBytes <= LIMITS.queuedToBrowserBytes) this.#say({ type: 'pong', id });
  }

  /** Says something of the hub's. */
  say(message: ServerMessage): void {
    this.#say(message);
  }

  #sayRights(): void {
    this.#say({ type: 'rights', rights: [...this.rights], copying: this.#copying });
  }

  #say(message: ServerMessage): void {
    this.#socket.sendControl(message);
  }
}
