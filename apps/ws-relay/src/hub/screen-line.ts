import {
  clientHandshake,
  encodeServerCutText,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
  type HostGreeting,
  isPicture,
  ServerStreamWalker,
  type WalkerEvent,
  WireRunner,
} from '@porthole/rfb';
import type { ConsoleLine, ConsoleLineListener } from './console-line.ts';
import type { Seat } from './seat.ts';
import { SeatViewer } from './seat-viewer.ts';
import { upstreamEncodings } from './upstream-encodings.ts';

/** A host that speaks RFB: what it greeted with, and the walk over all it sends since. */
interface Greeted {
  readonly host: HostGreeting;
  readonly walker: ServerStreamWalker;
}

/**
 * A screen with one seat: RFB ended on both sides (architecture §2). The hub owns the host's configuration and has one
 * request outstanding; the seat gets the host's messages as they come, cut out only where its rights say so.
 */
export class ScreenLine implements ConsoleLine {
  readonly #listener: ConsoleLineListener;
  readonly #greeting: WireRunner<HostGreeting>;
  readonly #confirmed = { qemuKey: false, desktopSize: false };
  #greeted: Greeted | null = null;
  #lone: { readonly seat: Seat; readonly viewer: SeatViewer } | null = null;
  #hostHasSpoken = false;
  #encodings: readonly number[] = [];
  #requested = false;
  /** What the seat waits for: the next change, everything, or nothing. */
  #credit: 'change' | 'everything' | null = null;
  /** The seat's copy of the message under way; what is left out of it was decided at its first byte. */
  #passing = false;
  #passFrom = 0;
  #base = 0;
  #chunk: Uint8Array = new Uint8Array(0);
  #out: Uint8Array[] = [];
  #input: Uint8Array[] = [];
  #size = '';
  #resized = false;
  #pictures = 0;
  #painted = false;

  constructor(listener: ConsoleLineListener) {
    this.#listener = listener;
    this.#greeting = new WireRunner(clientHandshake(), (bytes) => listener.toHost([bytes]));
  }

  get hostHasSpoken(): boolean {
    return this.#hostHasSpoken;
  }

  start(): void {
    // In RFB the host speaks first (RFC 6143 §7.1.1).
  }

  fromHost(chunk: Uint8Array): void {
    this.#hostHasSpoken = true;
    if (this.#greeted === null) this.#readGreeting(chunk);
    else this.#walk(this.#greeted.walker, chunk);
  }

  fromSeat(seat: Seat, chunk: Uint8Array): void {
    if (this.#lone?.seat !== seat) return;
    try {
      this.#lone.viewer.push(chunk);
    } catch (error) {
      this.#listener.seatFault(seat, error);
    }
    // What came before a fault was lawful, and goes in one write.
    const input = this.#input;
    this.#input = [];
    this.#listener.toHost(input);
    this.#request();
  }

  seatJoined(seat: Seat): void {
    const viewer = new SeatViewer(seat, this.#confirmed, {
      encodings: (asked) => this.#setEncodings(asked),
      credit: (incremental) => {
        this.#credit = incremental && this.#credit !== 'everything' ? 'change' : 'everything';
      },
      input: (message) => this.#input.push(message.bytes),
    });
    this.#lone = { seat, viewer };
    if (this.#greeted !== null) viewer.greet(this.#greeted.host);
  }

  seatLeft(seat: Seat): void {
    if (this.#lone?.seat === seat) this.#lone = null;
  }

  #readGreeting(chunk: Uint8Array): void {
    const progress = this.#greeting.push(chunk);
    if (!progress.done) return;
    const host = progress.value;
    const walker = new ServerStreamWalker({
      width: host.width,
      height: host.height,
      emit: (event) => this.#heed(event),
    });
    this.#greeted = { host, walker };
    this.#size = `${host.width}x${host.height}`;
    this.#listener.toHost([encodeSetPixelFormat()]);
    this.#listener.ready();
    this.#lone?.viewer.greet(host);
    this.#walk(walker, progress.rest);
  }

  #walk(walker: ServerStreamWalker, chunk: Uint8Array): void {
    this.#base = walker.offset;
    this.#passFrom = walker.offset;
    this.#chunk = chunk;
    walker.push(chunk);
    this.#pass(walker.offset);
    const out = this.#out;
    this.#out = [];
    for (const bytes of out) this.#lone?.seat.send(bytes);
    this.#request();
  }

  #heed(event: WalkerEvent): void {
    if (event.type === 'message-start') this.#beginMessage(event);
    else if (event.type === 'cut-text') this.#passCutText(event.text);
    else if (event.type === 'rectangle') this.#countRectangle(event);
    else if (event.type === 'message-end' && event.message === 'update') this.#endUpdate();
    else if (event.type === 'qemu-key') this.#confirmed.qemuKey = true;
    else if (event.type === 'desktop-size') this.#noteSize(event);
  }

  #beginMessage({ message, offset }: Extract<WalkerEvent, { type: 'message-start' }>): void {
    this.#pass(offset);
    this.#passFrom = offset;
    // A cut text is told anew, within our limits and if the seat may have it.
    this.#passing = message !== 'cut-text' && (this.#lone?.viewer.isServing ?? false);
  }

  #passCutText(text: Uint8Array | null): void {
    if (text !== null && this.#lone?.viewer.isServing && this.#lone.seat.may('clipboard'))
      this.#out.push(encodeServerCutText(text));
  }

  #countRectangle({ encoding, pixels }: Extract<WalkerEvent, { type: 'rectangle' }>): void {
    if (isPicture(encoding)) this.#pictures += 1;
    this.#lone?.seat.receipt.rectangle(encoding, pixels);
  }

  #noteSize({ screens, width, height }: Extract<WalkerEvent, { type: 'desktop-size' }>): void {
    if (screens.length > 0) this.#confirmed.desktopSize = true;
    const size = `${width}x${height}`;
    // A new size needs a new picture (rfb.md §7.7); the same size told again must not, or it would be told for ever (§7.6).
    if (size !== this.#size) this.#resized = true;
    this.#size = size;
  }

  /** Puts what passes, from the last cut up to `end`, behind what goes to the seat. */
  #pass(end: number): void {
    if (this.#passing && end > this.#passFrom)
      this.#out.push(this.#chunk.subarray(this.#passFrom - this.#base, end - this.#base));
  }

  #endUpdate(): void {
    this.#requested = false;
    const seat = this.#lone?.seat;
    seat?.receipt.update();
    if (this.#pictures === 0 || this.#painted || seat === undefined) return;
    this.#painted = true;
    this.#listener.picture(seat);
  }

  #setEncodings(asked: readonly number[]): void {
    const encodings = upstreamEncodings(new Set(asked));
    if (encodings.join() === this.#encodings.join()) return;
    this.#encodings = encodings;
    this.#input.push(encodeSetEncodings(encodings));
  }

  /** One request outstanding; the next goes when the seat has room and the host has answered. */
  #request(): void {
    if (this.#credit === null || this.#greeted === null) return;
    // Who has no picture does not wait for the change that an earlier request waits for.
    if (this.#requested && this.#credit === 'change') return;
    const { width, height } = this.#greeted.walker.size;
    const incremental = this.#credit === 'change' && !this.#resized;
    this.#credit = null;
    this.#resized = false;
    this.#requested = true;
    this.#listener.toHost([encodeUpdateRequest({ incremental, x: 0, y: 0, width, height })]);
  }
}
