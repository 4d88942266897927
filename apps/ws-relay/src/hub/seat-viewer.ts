import {
  type ClientMessage,
  ClientMessageParser,
  type HostGreeting,
  isHubPixelFormat,
  RfbError,
  type SeatGreeting,
  serverHandshake,
  WireRunner,
} from '@porthole/rfb';
import type { Seat } from './seat.ts';

/** What a viewer's messages come to. */
export interface SeatViewerListener {
  /** The viewer named the encodings that it understands. */
  encodings(asked: readonly number[]): void;
  /** The viewer has room for one more update; `incremental` is false where it has no picture. */
  credit(incremental: boolean): void;
  /** Input that the seat may give, as it goes to the host. */
  input(message: ClientMessage): void;
}

/** What of a seat its viewer needs. */
export type ViewedSeat = Pick<Seat, 'mayCopy' | 'mayType' | 'noteInput' | 'send'>;

/** Whether a host is there, and what it confirmed before its messages mean anything to it. */
export interface HearingHost {
  readonly isUp: boolean;
  readonly qemuKey: boolean;
  readonly canResize: boolean;
}

const NOTHING = new Uint8Array(0);

/** Messages that give input, and so need the right to type. */
const INPUT: ReadonlySet<ClientMessage['type']> = new Set([
  'key',
  'pointer',
  'qemu-key',
  'cut-text',
  'set-desktop-size',
] as const);

/**
 * The hub's half towards one viewer: RFB server in the handshake, then reader of every message it sends. This is where
 * rights are enforced on the wire: without `type`, and the keyboard with it, no input message gets past here, however it
 * was split (architecture §2, "Rights on the wire").
 */
export class SeatViewer {
  readonly #seat: ViewedSeat;
  readonly #listener: SeatViewerListener;
  readonly #parser = new ClientMessageParser();
  #handshake: WireRunner<SeatGreeting> | null = null;
  #serving = false;
  readonly #host: HearingHost;

  constructor(seat: ViewedSeat, host: HearingHost, listener: SeatViewerListener) {
    this.#seat = seat;
    this.#host = host;
    this.#listener = listener;
  }

  /** True once the viewer has its ServerInit: from here on updates may be sent to it. */
  get isServing(): boolean {
    return this.#serving;
  }

  /** True from the server's first word on. */
  get isGreeted(): boolean {
    return this.#handshake !== null;
  }

  /** Greets the viewer with the host's size and name, in the hub's pixel format. */
  greet(host: Pick<HostGreeting, 'version' | 'width' | 'height' | 'name'>): void {
    this.#handshake = new WireRunner(serverHandshake(host), (bytes) => this.#seat.send(bytes));
  }

  /** @throws RfbError where the viewer breaks the protocol, or speaks before it was greeted */
  push(chunk: Uint8Array): void {
    const messages = this.#serving ? chunk : this.#shakeHands(chunk);
    if (messages.length === 0) return;
    for (const message of this.#parser.push(messages)) this.#obey(message);
  }

  /** @returns what came behind the handshake */
  #shakeHands(chunk: Uint8Array): Uint8Array {
    // RFC 6143 §7.1.1: the server speaks first.
    if (this.#handshake === null) throw new RfbError('rfb/bad-message', { reason: 'before-greeting' });
    const progress = this.#handshake.push(chunk);
    if (!progress.done) return NOTHING;
    this.#serving = true;
    return progress.rest;
  }

  #obey(message: ClientMessage): void {
    if (INPUT.has(message.type)) this.#judgeInput(message);
    else if (message.type === 'set-encodings') this.#listener.encodings(message.encodings);
    else if (message.type === 'update-request') this.#listener.credit(message.incremental);
    else if (message.type !== 'set-pixel-format')
      // Fences, continuous updates, xvp, audio and the like were never offered to it.
      throw new RfbError('rfb/bad-message', { reason: 'not-offered', message: message.type });
    else if (!isHubPixelFormat(message.format))
      throw new RfbError('rfb/bad-message', { reason: 'pixel-format', format: message.format });
  }

  #judgeInput(message: ClientMessage): void {
    const passes = this.#seat.mayType && this.#means(message);
    this.#seat.noteInput(1, passes);
    if (passes) this.#listener.input(message);
  }

  /** Whether the message means something to this host and, for the clipboard, is allowed by its own right. */
  #means(message: ClientMessage): boolean {
    if (!this.#host.isUp) return false;
    if (message.type === 'cut-text') return this.#seat.mayCopy('toGuest');
    if (message.type === 'qemu-key') return this.#host.qemuKey;
    if (message.type === 'set-desktop-size') return this.#host.canResize;
    return true;
  }
}
