import {
  CLOSE,
  type ClientMessage,
  type ConsoleKind,
  closeKindOf,
  offeredProtocols,
  parseServerMessage,
  type ServerMessage,
  type TicketOutcome,
} from '@porthole/relay-contract';
import { ConsoleChannel, type SocketLike } from './console-channel.ts';
import type { ConsoleEnd } from './console-end.ts';
import type { WaitReason } from './console-machine.ts';
import { GIVE_UP_AFTER_MS, reconnectDelay, STEADY_AFTER_MS } from './reconnect-delay.ts';

/** How often the round trip is measured. */
export const PING_EVERY_MS = 5_000;
/** Silence after a ping that means the line is dead though nobody closed it. */
export const DEAD_AFTER_MS = 20_000;
/** After leaving, how long the relay's receipt is waited for. */
const FAREWELL_MS = 3_000;

export type KeyboardWord = Extract<ClientMessage, { type: `keyboard-${string}` }>;

export interface Pass {
  ticketId: string;
  ticket: string;
  path: string;
  kind: ConsoleKind;
}

/** Refused by the portal itself, or not for now: then asking again helps by itself. */
export type PassAnswer =
  | Pass
  | { refused: Extract<ConsoleEnd, { cause: 'no-pass' }> }
  | { later: WaitReason | null };

export interface SocketListener {
  /** A frame: text is a string, console bytes are a buffer. */
  message(data: unknown): void;
  closed(code: number, reason: string): void;
}

export interface ConsoleSocketDeps {
  /** A fresh pass for every try: a pass works once. */
  askPass(): Promise<PassAnswer>;
  /** Why a pass did not become a console; null where no answer came. */
  askOutcome(ticketId: string): Promise<TicketOutcome | null>;
  connect(path: string, protocols: string[], listener: SocketListener): SocketLike;
  now(): number;
  after(ms: number, act: () => void): () => void;
  random(): number;
}

export type SocketEvent =
  | { type: 'asking' }
  | { type: 'connecting'; ticketId: string }
  | { type: 'channel'; channel: ConsoleChannel }
  | { type: 'message'; message: ServerMessage }
  | { type: 'waiting'; why: WaitReason | null; nextTryAt: number }
  | { type: 'round-trip'; ms: number }
  | { type: 'ended'; end: ConsoleEnd };

/**
 * One console as the page holds it: asks for a pass, opens the socket, splits console bytes from control messages,
 * measures the round trip, and comes back by itself where the contract says that it may.
 */
export class ConsoleSocket {
  readonly #deps: ConsoleSocketDeps;
  readonly #tell: (event: SocketEvent) => void;
  #socket: SocketLike | null = null;
  #channel: ConsoleChannel | null = null;
  #welcomed = false;
  #stopped = false;
  #attempt = 0;
  #lostSince: number | null = null;
  #welcomedAt = 0;
  #generation = 0;
  #pings = 0;
  #pingSent: { id: number; at: number } | null = null;
  #heardAt = 0;
  #cancelTimers: (() => void)[] = [];

  constructor(deps: ConsoleSocketDeps, tell: (event: SocketEvent) => void) {
    this.#deps = deps;
    this.#tell = tell;
  }

  start(): void {
    void this.#try();
  }

  /** Skips the rest of the wait. */
  tryNow(): void {
    if (this.#socket === null && !this.#stopped) void this.#try();
  }

  /** Somebody is still there: the idle time starts anew. */
  stay(): void {
    this.#send({ type: 'stay' });
  }

  /** Asks for the keyboard, gives it, takes it, or answers who asks. */
  sayOfKeyboard(message: KeyboardWord): void {
    this.#send(message);
  }

  /** Says goodbye and waits for the receipt. */
  leave(): void {
    if (this.#socket === null || !this.#welcomed) {
      this.#end({ cause: 'closed', kind: 'left' });
      return;
    }
    this.#send({ type: 'leave' });
    this.#later(FAREWELL_MS, () => this.#end({ cause: 'closed', kind: 'left' }));
  }

  /** The page goes away: no word, no event. */
  stop(): void {
    this.#stopped = true;
    this.#generation += 1;
    this.#dropTimers();
    const socket = this.#detach();
    socket?.close(CLOSE.left.code, CLOSE.left.reason);
  }

  async #try(): Promise<void> {
    this.#dropTimers();
    this.#generation += 1;
    const generation = this.#generation;
    this.#tell({ type: 'asking' });
    const answer = await this.#deps.askPass();
    if (generation !== this.#generation) return;
    if ('refused' in answer) this.#end(answer.refused);
    else if ('later' in answer) this.#wait(answer.later);
    else this.#open(answer, generation);
  }

  #open(pass: Pass, generation: number): void {
    this.#tell({ type: 'connecting', ticketId: pass.ticketId });
    const socket = this.#deps.connect(pass.path, offeredProtocols(pass.ticket), {
      message: (data) => {
        if (generation === this.#generation) this.#take(data);
      },
      closed: (code, reason) => {
        if (generation === this.#generation) void this.#closed(pass.ticketId, code, reason, generation);
      },
    });
    this.#socket = socket;
    this.#welcomed = false;
    this.#pingSent = null;
    this.#channel = new ConsoleChannel(socket, () => this.#end({ cause: 'picture' }));
  }

  #take(data: unknown): void {
    this.#heardAt = this.#deps.now();
    if (data instanceof ArrayBuffer) {
      this.#channel?.deliver(data);
      return;
    }
    const message = typeof data === 'string' ? parseServerMessage(data) : null;
    if (message === null) this.#end({ cause: 'breach' });
    else if (message.type === 'pong') this.#pong(message.id);
    else if (message.type === 'while-away') this.#channel?.markAway();
    else {
      this.#tell({ type: 'message', message });
      if (message.type === 'welcome') this.#welcome();
    }
  }

  #welcome(): void {
    if (this.#channel === null) return;
    this.#welcomed = true;
    this.#welcomedAt = this.#deps.now();
    this.#tell({ type: 'channel', channel: this.#channel });
    this.#ping();
  }

  async #closed(ticketId: string, code: number, reason: string, generation: number): Promise<void> {
    const welcomed = this.#welcomed;
    if (welcomed && this.#deps.now() - this.#welcomedAt >= STEADY_AFTER_MS) {
      this.#attempt = 0;
      this.#lostSince = null;
    }
    this.#dropTimers();
    this.#detach({ code, reason });
    const kind = closeKindOf(code, reason);
    if (kind !== null && !CLOSE[kind].retry) {
      this.#end({ cause: 'closed', kind });
      return;
    }
    if (kind !== null || welcomed) {
      this.#wait(kind);
      return;
    }
    const outcome = await this.#deps.askOutcome(ticketId);
    if (generation !== this.#generation) return;
    // Not redeemed at all, or redeemed and the answer lost: the line is at fault, not the pass.
    if (outcome === null || outcome === 'waiting' || outcome === 'opened') this.#wait(null);
    else this.#end({ cause: 'pass', outcome });
  }

  #wait(why: WaitReason | null): void {
    const now = this.#deps.now();
    this.#lostSince ??= now;
    if (now - this.#lostSince >= GIVE_UP_AFTER_MS) {
      this.#end({ cause: 'lost' });
      return;
    }
    const first = this.#attempt === 0 && (why === 'moved' || why === 'drain');
    const delay = first ? 0 : reconnectDelay(this.#attempt, this.#deps.random());
    this.#attempt += 1;
    this.#tell({ type: 'waiting', why, nextTryAt: now + delay });
    this.#later(delay, () => void this.#try());
  }

  #end(end: ConsoleEnd): void {
    if (this.#stopped) return;
    this.stop();
    this.#tell({ type: 'ended', end });
  }

  #ping(): void {
    const now = this.#deps.now();
    const unanswered = this.#pingSent;
    if (unanswered !== null && now - Math.max(unanswered.at, this.#heardAt) >= DEAD_AFTER_MS) {
      this.#dropTimers();
      this.#generation += 1;
      this.#detach({ code: 1006, reason: '' })?.close();
      this.#wait(null);
      return;
    }
    if (unanswered === null) {
      this.#pings += 1;
      this.#pingSent = { id: this.#pings, at: now };
      this.#send({ type: 'ping', id: this.#pings });
    }
    this.#later(PING_EVERY_MS, () => this.#ping());
  }

  #pong(id: number): void {
    if (this.#pingSent?.id !== id) return;
    this.#tell({ type: 'round-trip', ms: this.#deps.now() - this.#pingSent.at });
    this.#pingSent = null;
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** Takes the socket off this object; the viewer of its channel learns that it ended. */
  #detach(event = { code: 1000, reason: '' }): SocketLike | null {
    const socket = this.#socket;
    const channel = this.#channel;
    this.#socket = null;
    this.#channel = null;
    this.#welcomed = false;
    channel?.end(event);
    return socket;
  }

  #later(ms: number, act: () => void): void {
    this.#cancelTimers.push(this.#deps.after(ms, act));
  }

  #dropTimers(): void {
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
  }
}
