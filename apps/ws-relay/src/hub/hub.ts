import type { Logger } from '@porthole/logger';
import type { CloseKind, ConnectStep, ConsoleKind, Lost } from '@porthole/relay-contract';
import { LIMITS } from '@porthole/relay-contract';
import type { UpdateSummary } from '@porthole/rfb';
import type { Cancel, Clock } from '../clock.ts';
import { closeKindOfError } from '../close-kind-of-error.ts';
import { DialError } from '../dial-error.ts';
import { compress } from './compress.ts';
import type { ConsoleLine } from './console-line.ts';
import { type Dial, HostTunnel, type TunnelEnd } from './host-tunnel.ts';
import { type HubReceipt, HubReceiptCounter } from './hub-receipt.ts';
import { Keyboard, type KeyboardMove } from './keyboard.ts';
import { type KeyboardEvent, KeyboardStory } from './keyboard-story.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { ScreenLine } from './screen-line.ts';
import type { Seat } from './seat.ts';
import { TextLine } from './text-line.ts';

export interface HubListener {
  /** @param ms from the try to the open tunnel */
  tunnelUp(hub: Hub, ms: number): void;
  tunnelDown(hub: Hub, end: TunnelEnd): void;
  /** A line that was lost stands again. */
  redialled(hub: Hub): void;
  /** A seat sees its console, `ms` after it came. */
  firstPicture(hub: Hub, ms: number): void;
  keyboardMoved(hub: Hub, event: KeyboardEvent): void;
  /** Nobody sits there any more, and it goes on for who comes back. */
  kept(hub: Hub): void;
  /**
   * The hub has neither tunnel nor seat, and never will again.
   * @param wasKept nobody sat there any more
   */
  over(hub: Hub, wasKept: boolean): void;
}

export interface HubInit {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: ConsoleKind;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: HubListener;
  /** What all hubs of the relay may take for their pictures. */
  readonly framebuffers: MemoryBudget;
  /** How much of what a text console printed is kept, in bytes. */
  readonly scrollbackBytes: number;
  /** Most that the console may say in a second. */
  readonly bytesPerSecond: number;
}

/** What a seat brings along for its hub. */
export interface Sitting {
  /** How the machine is dialled on its behalf. */
  readonly dial: Dial;
  /** How long a text console goes on after the seat, should it be the last, in milliseconds. */
  readonly keptMs: number;
}

interface Attendant extends Sitting {
  readonly seat: Seat;
}

/**
 * One console: one line to the host, seats on the other side, the console's protocol between them (architecture §2).
 * It dials with its first seat and ends with its last; whoever ends first says why. A text console goes on for a while
 * without any, so that who comes back sees what was printed meanwhile.
 */
export class Hub {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: ConsoleKind;
  readonly #init: HubInit;
  readonly #attendants = new Map<string, Attendant>();
  /** Who has left and is still being sent what came before: its bytes must stay as they are. */
  readonly #leaving = new Set<Seat>();
  readonly #keyboard: Keyboard;
  readonly #story: KeyboardStory;
  readonly #receipt: HubReceiptCounter;
  readonly #tunnel: HostTunnel;
  readonly #line: ConsoleLine;
  #cancelKeeping: Cancel | null = null;
  #keptSince = 0;
  #dialled = false;
  #hasLine = false;
  #over = false;

  constructor(init: HubInit) {
    this.id = init.id;
    this.tenantId = init.tenantId;
    this.kind = init.kind;
    this.#init = init;
    this.#receipt = new HubReceiptCounter(init.clock);
    this.#story = new KeyboardStory(init.clock, (event) => init.listener.keyboardMoved(this, event));
    this.#line = this.#makeLine();
    this.#tunnel = this.#makeTunnel(this.#line);
    this.#keyboard = new Keyboard(init.clock, {
      changed: () => this.#tellKeyboard(),
      moved: (move) => this.#moveKeyboard(move),
      say: (seatId, message) => this.#attendants.get(seatId)?.seat.say(message),
    });
  }

  get seats(): readonly Seat[] {
    return [...this.#attendants.values()].map(({ seat }) => seat);
  }

  /** What was measured up to now. */
  get receipt(): HubReceipt {
    return this.#receipt.snapshot();
  }

  /** Nobody sits here, and the tunnel is kept for who comes back. */
  get isKept(): boolean {
    return this.#cancelKeeping !== null;
  }

  /** When the last seat left a hub that is kept, in milliseconds of the relay's clock. */
  get keptSince(): number {
    return this.#keptSince;
  }

  /** Gives the seat its place. The first one makes the hub dial. */
  take(seat: Seat, sitting: Sitting): void {
    this.#cancelKeeping?.();
    this.#cancelKeeping = null;
    this.#attendants.set(seat.id, { seat, ...sitting });
    this.#receipt.seatJoined(seat);
    seat.listen({
      bytes: (from, bytes) => this.#fromSeat(from, bytes),
      drained: (drained) => {
        this.#tunnel.release('seat');
        this.#line.seatDrained(drained);
      },
      typed: () => this.#keyboard.input(),
      rightsChanged: (changed) => this.#rightsChanged(changed),
      keyboardRuleChanged: (rule) => this.#keyboard.setRule(rule),
      keyboard: (from, message) => this.#keyboard.obey(from.id, message),
    });
    seat.ended.then(
      ({ kind }) => this.#leave(seat, kind),
      (error: unknown) => this.end(closeKindOfError(error)),
    );
    // From the second on nobody is waited for: a slow seat is left behind instead of holding the host back.
    this.#tunnel.release('seat');
    this.#line.seatJoined(seat);
    if (this.#tunnel.isOpen) this.#open(seat);
    else if (this.#tunnel.lost !== null) seat.lost(this.#tunnel.lost);
    // Of all rows that say what the rule is, those that admitted this seat are the newest.
    this.#keyboard.setRule(seat.keyboardRule);
    this.#keyboard.join(typistOf(seat));
    // Who got the keyboard at once has been told of by its move.
    if (!seat.holdsKeyboard) {
      this.#tellPresence();
      seat.say(this.#keyboard.state());
    }
    if (this.#dialled) return;
    this.#dialled = true;
    this.#tunnel.start();
  }

  /** Ends the tunnel and every seat, for one reason. */
  end(kind: CloseKind): void {
    if (this.#over) return;
    this.#over = true;
    const wasKept = this.isKept;
    this.#cancelKeeping?.();
    this.#keyboard.cancel();
    this.#story.end();
    this.#line.close();
    this.#tunnel.end(kind);
    for (const seat of this.seats) seat.end(kind);
    this.#init.listener.over(this, wasKept);
  }

  #makeTunnel(line: ConsoleLine): HostTunnel {
    const { id, clock, log, listener, bytesPerSecond } = this.#init;
    return new HostTunnel({
      hubId: id,
      bytesPerSecond,
      clock,
      log,
      // In RFB the host speaks first (RFC 6143 §7.1.1); a line of text may be silent for hours.
      speaksFirst: this.kind === 'screen',
      hasSpoken: () => line.hostHasSpoken,
      dial: (attempt) => this.#dial(attempt),
      listener: {
        step: (step) => this.#tellStep(step),
        up: (ms) => {
          listener.tunnelUp(this, ms);
          this.#hasLine = true;
          line.start();
        },
        bytes: (chunk) => this.#fromHost(chunk),
        isTaken: (memory) => !line.keeps(memory) && this.#isTaken(),
        drained: () => {
          for (const seat of this.seats) seat.resumeReading();
        },
        down: (end) => {
          if (!this.#over) line.hostLeft();
          // Whoever was told to wait for the old host would wait for ever.
          for (const seat of this.seats) seat.resumeReading();
          listener.tunnelDown(this, end);
        },
        lost: (lost) => {
          // For nobody nothing is dialled: whoever comes finds a new hub.
          if (this.isKept) this.end('hostLost');
          else this.#tellLost(lost);
        },
        over: (kind) => this.end(kind),
      },
    });
  }

  #makeLine(): ConsoleLine {
    const { clock, framebuffers, log, scrollbackBytes } = this.#init;
    const listener = {
      ready: () => this.#ready(),
      picture: (seat: Seat) => {
        const ms = seat.receipt.picture();
        if (ms !== null) {
          log.info({ hubId: this.id, seatId: seat.id, ms }, 'a seat sees its console');
          this.#init.listener.firstPicture(this, ms);
        }
        seat.step('picture');
      },
      seatFault: (seat: Seat, error: unknown) => {
        log.warn({ err: error, seatId: seat.id }, 'a seat broke the protocol');
        seat.end('badMessage');
      },
      updated: (update: UpdateSummary) => this.#receipt.update(update),
      toHost: (messages: readonly Uint8Array[]) => this.#receipt.toHost(this.#tunnel.write(messages)),
      noRoom: () => this.end('limitConsole'),
      failed: (error: unknown) => this.#tunnel.fail(error),
    };
    return this.kind === 'text'
      ? new TextLine(listener, clock, scrollbackBytes)
      : new ScreenLine(listener, { deflate: compress, framebuffers, clock });
  }

  /** On behalf of whoever is here: the rows of a seat that has left say nothing any more. */
  #dial(attempt: Parameters<Dial>[0]): ReturnType<Dial> {
    const [attendant] = this.#attendants.values();
    if (attendant === undefined) throw new DialError('relay/machine-gone', { reason: 'nobody-here' });
    return attendant.dial(attempt);
  }

  #ready(): void {
    const isBack = this.#tunnel.greeted();
    if (isBack) {
      this.#receipt.redialled();
      this.#init.listener.redialled(this);
    }
    for (const seat of this.seats) {
      if (isBack) seat.receipt.redial();
      this.#open(seat);
    }
  }

  #open(seat: Seat): void {
    seat.step('console');
    seat.open();
  }

  #fromHost(chunk: Uint8Array): void {
    this.#receipt.fromHost(chunk.length);
    this.#line.fromHost(chunk);
    // A lone seat holds the tunnel back; with several, a slow one never slows another (architecture §2).
    const [alone] = this.#attendants.values();
    if (
      this.#line.passesThrough &&
      alone !== undefined &&
      alone.seat.queuedBytes > LIMITS.queuedToBrowserBytes
    )
      this.#tunnel.hold('seat');
  }

  #isTaken(): boolean {
    for (const { seat } of this.#attendants.values()) if (seat.queuedBytes > 0) return false;
    for (const seat of this.#leaving) {
      if (seat.queuedBytes > 0) return false;
      this.#leaving.delete(seat);
    }
    return true;
  }

  #fromSeat(seat: Seat, bytes: Uint8Array): void {
    // Nothing that was typed before there was a line is kept (design.md §6).
    if (!this.#hasLine) return;
    this.#line.fromSeat(seat, bytes);
    if (this.#tunnel.isFull) seat.pauseReading();
  }

  #leave(seat: Seat, kind: CloseKind): void {
    const attendant = this.#attendants.get(seat.id);
    this.#receipt.seatLeft(seat);
    if (!this.#attendants.delete(seat.id) || this.#over) return;
    this.#leaving.add(seat);
    this.#line.seatLeft(seat);
    this.#keyboard.leave(seat.id);
    if (this.#attendants.size > 0) this.#tellPresence();
    else if (this.kind === 'text' && this.#tunnel.isOpen && attendant !== undefined && attendant.keptMs > 0)
      this.#keep(attendant.keptMs);
    else this.end(kind);
  }

  #keep(ms: number): void {
    this.#tunnel.release('seat');
    const { clock, listener } = this.#init;
    this.#keptSince = clock.now();
    this.#cancelKeeping = clock.after(ms, () => this.end('left'));
    listener.kept(this);
  }

  #tellStep(step: ConnectStep): void {
    for (const seat of this.seats) seat.step(step);
  }

  #tellLost(lost: Lost): void {
    for (const seat of this.seats) seat.lost(lost);
  }

  #rightsChanged(seat: Seat): void {
    this.#keyboard.change(typistOf(seat));
    // Held keys are not left to repeat while nobody can say whether typing is still allowed.
    if (seat.holdsKeyboard && !seat.mayType) this.#line.letGo();
    this.#tellPresence();
  }

  #moveKeyboard(move: KeyboardMove): void {
    const { from, to } = move;
    this.#story.note(move);
    this.#attendants.get(from ?? '')?.seat.holdKeyboard(false);
    this.#line.letGo();
    this.#attendants.get(to ?? '')?.seat.holdKeyboard(true);
    if (!this.#over) this.#tellPresence();
  }

  #tellKeyboard(): void {
    const state = this.#keyboard.state();
    for (const seat of this.seats) seat.say(state);
  }

  #tellPresence(): void {
    const seats = this.seats;
    for (const seat of seats) seat.presence(seats);
  }
}

function typistOf(seat: Seat) {
  const { id, personId, personName: name, rights } = seat;
  return { id, personId, name, mayType: rights.includes('type'), mayShare: rights.includes('share') };
}
