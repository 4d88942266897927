import { LIMITS } from '@porthole/relay-contract';
import type { Clock } from '../clock.ts';
import type { ConsoleLine, ConsoleLineListener } from './console-line.ts';
import type { Seat } from './seat.ts';
import { TextClamp } from './text-clamp.ts';
import { TextScrollback } from './text-scrollback.ts';

/** RIS: the terminal begins anew (ECMA-48 §8.3.105). */
const RESET = Uint8Array.of(0x1b, 0x63);

/** Of so many people who have left it is known what they have seen. */
export const MAX_REMEMBERED_PEOPLE = 64;
/** CAN: a sequence that the host left half ends here (ECMA-48 §8.3.6; ECMA-35). */
const CANCEL = Uint8Array.of(0x18);

/**
 * A text console: raw terminal bytes both ways (rfb.md §6.3). What a terminal answers by itself counts as input, so
 * a seat that does not type answers nothing. Who comes later, or fell behind, gets the scrollback.
 */
export class TextLine implements ConsoleLine {
  readonly #listener: ConsoleLineListener;
  readonly #clock: Clock;
  #clamp: TextClamp;
  readonly #scrollback: TextScrollback;
  /** Where in the text each person was who has left, the latest last. */
  readonly #left = new Map<string, { readonly position: number; readonly at: number }>();
  readonly #seats = new Set<Seat>();
  readonly #behind = new Set<Seat>();
  readonly #painted = new WeakSet<Seat>();
  #isUp = false;
  #hostHasSpoken = false;

  /** @param scrollbackBytes how much of what was printed is kept */
  constructor(listener: ConsoleLineListener, clock: Clock, scrollbackBytes: number = LIMITS.scrollbackBytes) {
    this.#scrollback = new TextScrollback(scrollbackBytes);
    this.#listener = listener;
    this.#clock = clock;
    this.#clamp = new TextClamp(clock);
  }

  get hostHasSpoken(): boolean {
    return this.#hostHasSpoken;
  }

  get passesThrough(): boolean {
    return this.#seats.size <= 1;
  }

  /** A terminal greets with nothing: the open tunnel is all there is to wait for. */
  start(): void {
    this.#isUp = true;
    this.#listener.ready();
  }

  fromHost(chunk: Uint8Array): void {
    this.#hostHasSpoken = true;
    const text = this.#clamp.push(chunk);
    if (text.length > 0) this.#print(text);
  }

  keeps(): boolean {
    return false;
  }

  #print(text: Uint8Array): void {
    this.#scrollback.push(text);
    for (const seat of this.#seats) {
      if (this.#isBehind(seat)) continue;
      seat.send(text);
      this.#paint(seat);
    }
  }

  fromSeat(seat: Seat, chunk: Uint8Array): void {
    const passes = this.#isUp && this.#seats.has(seat) && seat.mayType;
    seat.noteInput(1, passes);
    if (passes) this.#listener.toHost([chunk]);
  }

  seatJoined(seat: Seat): void {
    this.#seats.add(seat);
    if (this.#scrollback.bytes === 0) return;
    const left = this.#left.get(seat.personId);
    this.#left.delete(seat.personId);
    const { before, since } = this.#scrollback.replay(left?.position);
    // The terminal of who comes back may have kept what it showed.
    if (left !== undefined) seat.send(RESET);
    if (before.length > 0) seat.send(before);
    if (left !== undefined && since.length > 0) {
      seat.say({ type: 'while-away', ms: Math.round(this.#clock.now() - left.at) });
      seat.send(since);
    }
    this.#paint(seat);
  }

  seatLeft(seat: Seat): void {
    this.#seats.delete(seat);
    this.#behind.delete(seat);
    this.#left.delete(seat.personId);
    this.#left.set(seat.personId, { position: this.#scrollback.position, at: this.#clock.now() });
    const [longestAgo] = this.#left.keys();
    if (this.#left.size > MAX_REMEMBERED_PEOPLE && longestAgo !== undefined) this.#left.delete(longestAgo);
  }

  seatDrained(seat: Seat): void {
    if (!this.#behind.delete(seat)) return;
    seat.send(RESET);
    seat.send(this.#scrollback.replay().before);
  }

  /** A byte has no key that stays down. */
  letGo(): void {
    // Nothing is held on a line of text.
  }

  hostLeft(): void {
    this.#isUp = false;
    if (this.#scrollback.bytes > 0) this.#print(CANCEL);
    this.#clamp = new TextClamp(this.#clock);
    this.#hostHasSpoken = false;
  }

  close(): void {
    this.#seats.clear();
  }

  /** With several seats nobody holds the host back: who takes too little misses the rest until it has caught up. */
  #isBehind(seat: Seat): boolean {
    if (this.passesThrough && !this.#behind.has(seat)) return false;
    if (seat.queuedBytes > LIMITS.queuedToBrowserBytes) this.#behind.add(seat);
    return this.#behind.has(seat);
  }

  #paint(seat: Seat): void {
    if (this.#painted.has(seat)) return;
    this.#painted.add(seat);
    this.#listener.picture(seat);
  }
}
