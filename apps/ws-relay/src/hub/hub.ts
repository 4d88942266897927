import type { Duplex } from 'node:stream';
import type { Logger } from '@porthole/logger';
import type { CloseKind, ConnectStep, ConsoleKind } from '@porthole/relay-contract';
import { LIMITS } from '@porthole/relay-contract';
import type { Cancel, Clock } from '../clock.ts';
import { closeKindOfError } from '../close-kind-of-error.ts';
import { DialError } from '../dial-error.ts';
import { compress } from './compress.ts';
import type { ConsoleLine } from './console-line.ts';
import { Keyboard } from './keyboard.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { ScreenLine } from './screen-line.ts';
import type { Seat } from './seat.ts';
import { TextLine } from './text-line.ts';
import { Upstream } from './upstream.ts';

/** Longest wait for the first word of a screen behind an accepted CONNECT, in milliseconds (security.md §9). */
export const GREETING_TIMEOUT_MS = 10_000;

/** A console at its host: the socket behind CONNECT, paused, and what came with the answer. */
export interface Tunnel {
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

/** Opens the tunnel; ends at once, leaving no socket behind, when `signal` says so. */
export type Dial = (progress: { step(step: ConnectStep): void; signal: AbortSignal }) => Promise<Tunnel>;

/** What was true of one tunnel from its opening to its end; goes into the log's `tunnel.up` and `tunnel.down`. */
export interface TunnelEnd {
  readonly reason: CloseKind;
  readonly durationMs: number;
  readonly bytesFromHost: number;
  readonly bytesToHost: number;
}

export interface HubListener {
  /** @param ms from the first try to the open tunnel */
  tunnelUp(hub: Hub, ms: number): void;
  tunnelDown(hub: Hub, end: TunnelEnd): void;
  /** The hub has neither tunnel nor seat, and never will again. */
  over(hub: Hub): void;
}

export interface HubInit {
  readonly id: string;
  readonly kind: ConsoleKind;
  readonly dial: Dial;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: HubListener;
  /** What all hubs of the relay may take for their pictures. */
  readonly framebuffers: MemoryBudget;
}

/**
 * One console: one tunnel to the host, seats on the other side, the console's protocol between them (architecture §2).
 * It dials with its first seat and ends with its last; whoever ends first says why.
 */
export class Hub {
  readonly id: string;
  readonly kind: ConsoleKind;
  readonly #init: HubInit;
  readonly #seats = new Map<string, Seat>();
  readonly #keyboard: Keyboard;
  readonly #giveUp = new AbortController();
  #state: 'dialling' | 'open' | 'over' = 'dialling';
  #upstream: Upstream | null = null;
  #line: ConsoleLine | null = null;
  readonly #startedAt: number;
  #upAt = 0;
  #bytesFromHost = 0;
  #bytesToHost = 0;
  #cancelGreeting: Cancel = () => undefined;

  constructor(init: HubInit) {
    this.id = init.id;
    this.kind = init.kind;
    this.#init = init;
    this.#startedAt = init.clock.now();
    this.#keyboard = new Keyboard(init.clock, {
      changed: () => this.#tellKeyboard(),
      moved: (from, to) => this.#moveKeyboard(from, to),
      say: (seatId, message) => this.#seats.get(seatId)?.say(message),
    });
  }

  get seats(): readonly Seat[] {
    return [...this.#seats.values()];
  }

  /** Gives the seat its place. The first one makes the hub dial. */
  take(seat: Seat): void {
    const isFirst = this.#seats.size === 0 && this.#line === null;
    this.#seats.set(seat.id, seat);
    seat.listen({
      bytes: (from, bytes) => this.#fromSeat(from, bytes),
      drained: (drained) => {
        this.#upstream?.release('seat');
        this.#line?.seatDrained(drained);
      },
      typed: () => this.#keyboard.input(),
      rightsChanged: (changed) => this.#rightsChanged(changed),
      keyboard: (from, message) => this.#keyboard.obey(from.id, message),
    });
    seat.ended.then(
      ({ kind }) => this.#leave(seat, kind),
      (error: unknown) => this.end(closeKindOfError(error)),
    );
    // From the second on nobody is waited for: a slow seat is left behind instead of holding the host back.
    this.#upstream?.release('seat');
    this.#line?.seatJoined(seat);
    if (this.#state === 'open') {
      seat.step('console');
      seat.state('open');
    }
    this.#keyboard.join(typistOf(seat));
    // Who got the keyboard at once has been told of by its move.
    if (!seat.holdsKeyboard) {
      this.#tellPresence();
      seat.say(this.#keyboard.state());
    }
    if (isFirst) void this.#open();
  }

  /** Ends the tunnel and every seat, for one reason. */
  end(kind: CloseKind): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#giveUp.abort();
    this.#cancelGreeting();
    this.#keyboard.cancel();
    this.#line?.close();
    if (this.#upstream !== null) {
      this.#upstream.destroy();
      this.#init.listener.tunnelDown(this, {
        reason: kind,
        durationMs: Math.round(this.#init.clock.now() - this.#upAt),
        bytesFromHost: this.#bytesFromHost,
        bytesToHost: this.#bytesToHost,
      });
    }
    for (const seat of this.#seats.values()) seat.end(kind);
    this.#init.listener.over(this);
  }

  async #open(): Promise<void> {
    try {
      const tunnel = await this.#init.dial({
        signal: this.#giveUp.signal,
        step: (step) => this.#tellStep(step),
      });
      // Whoever waited has left while the host was answering.
      if (this.#state === 'over') tunnel.socket.destroy();
      else this.#up(tunnel);
    } catch (error) {
      this.#fail(error);
    }
  }

  #up(tunnel: Tunnel): void {
    this.#upAt = this.#init.clock.now();
    const upstream = new Upstream(tunnel);
    this.#upstream = upstream;
    this.#init.listener.tunnelUp(this, Math.round(this.#upAt - this.#startedAt));
    const line = this.#makeLine(upstream);
    this.#line = line;
    for (const seat of this.#seats.values()) line.seatJoined(seat);
    if (this.kind === 'screen')
      this.#cancelGreeting = this.#init.clock.after(GREETING_TIMEOUT_MS, () =>
        this.#fail(new DialError('relay/host-silent')),
      );
    line.start();
    upstream.start({
      bytes: (chunk) => this.#fromHost(line, chunk),
      drained: () => {
        for (const seat of this.#seats.values()) seat.resumeReading();
      },
      over: () => this.#hostLeft(line),
    });
  }

  #makeLine(upstream: Upstream): ConsoleLine {
    const listener = {
      ready: () => this.#ready(),
      picture: (seat: Seat) => {
        seat.receipt.picture();
        seat.step('picture');
      },
      seatFault: (seat: Seat, error: unknown) => {
        this.#init.log.warn({ err: error, seatId: seat.id }, 'a seat broke the protocol');
        seat.end('badMessage');
      },
      toHost: (messages: readonly Uint8Array[]) => {
        for (const message of messages) this.#bytesToHost += message.length;
        upstream.write(messages);
      },
      noRoom: () => this.end('limitConsole'),
      failed: (error: unknown) => this.#fail(error),
    };
    if (this.kind === 'text') return new TextLine(listener, this.#init.clock);
    return new ScreenLine(listener, { deflate: compress, framebuffers: this.#init.framebuffers });
  }

  #ready(): void {
    this.#cancelGreeting();
    this.#state = 'open';
    for (const seat of this.#seats.values()) {
      seat.step('console');
      seat.state('open');
    }
  }

  #fromHost(line: ConsoleLine, chunk: Uint8Array): void {
    this.#bytesFromHost += chunk.length;
    try {
      line.fromHost(chunk);
    } catch (error) {
      this.#fail(error);
      return;
    }
    // A lone seat holds the tunnel back; with several, a slow one never slows another (architecture §2).
    const [seat] = this.#seats.values();
    if (line.passesThrough && seat !== undefined && seat.queuedBytes > LIMITS.queuedToBrowserBytes)
      this.#upstream?.hold('seat');
  }

  #fromSeat(seat: Seat, bytes: Uint8Array): void {
    // Nothing that was typed before there was a line is kept (design.md §6).
    if (this.#line === null) return;
    this.#line.fromSeat(seat, bytes);
    if (this.#upstream?.isFull) seat.pauseReading();
  }

  #hostLeft(line: ConsoleLine): void {
    if (this.#state === 'open' && line.hostHasSpoken) this.end('hostLost');
    else this.#fail(new DialError('relay/host-silent'));
  }

  #fail(error: unknown): void {
    if (this.#state === 'over') return;
    const kind = closeKindOfError(error);
    this.#init.log.warn({ err: error, hubId: this.id, reason: kind }, 'a console has no line to its host');
    this.end(kind);
  }

  #leave(seat: Seat, kind: CloseKind): void {
    if (!this.#seats.delete(seat.id) || this.#state === 'over') return;
    this.#line?.seatLeft(seat);
    this.#keyboard.leave(seat.id);
    if (this.#seats.size === 0) this.end(kind);
    else this.#tellPresence();
  }

  #tellStep(step: ConnectStep): void {
    for (const seat of this.#seats.values()) seat.step(step);
  }

  #rightsChanged(seat: Seat): void {
    this.#keyboard.change(typistOf(seat));
    // Held keys are not left to repeat while nobody can say whether typing is still allowed.
    if (seat.holdsKeyboard && !seat.mayType) this.#line?.letGo();
    this.#tellPresence();
  }

  #moveKeyboard(from: string | null, to: string | null): void {
    this.#seats.get(from ?? '')?.holdKeyboard(false);
    this.#line?.letGo();
    this.#seats.get(to ?? '')?.holdKeyboard(true);
    if (this.#state !== 'over') this.#tellPresence();
  }

  #tellKeyboard(): void {
    const state = this.#keyboard.state();
    for (const seat of this.#seats.values()) seat.say(state);
  }

  #tellPresence(): void {
    const seats = this.seats;
    for (const seat of seats) seat.presence(seats);
  }
}

function typistOf(seat: Seat) {
  const { id, personName: name, rights } = seat;
  return { id, name, mayType: rights.includes('type'), mayShare: rights.includes('share') };
}
