import type { Duplex } from 'node:stream';
import {
  CLOSE,
  type ClientMessage,
  type CloseKind,
  LIMITS,
  MAX_CONTROL_BYTES,
  parseClientMessage,
  type ServerMessage,
} from '@porthole/relay-contract';
import type { RawData, WebSocket } from 'ws';
import { type Cancel, type Clock, every } from '../clock.ts';
import { writeBinaryMessage } from './binary-message.ts';
import { ControlRate } from './control-rate.ts';
import { Gather } from './gather.ts';
import { StallWatch } from './stall-watch.ts';

/** How long a browser has to answer our close before its socket is cut, in milliseconds. */
const CLOSE_GRACE_MS = 2_000;
/** What may still come after our close: what was under way. Who goes on regardless is cut at once. */
export const MAX_MESSAGES_AFTER_CLOSE = 1_000;
/** Pings and pongs of a browser in a second. No page can send any, a browser answers ours: this many are a flood. */
export const MAX_PINGS_PER_SECOND = 20;

/** What a seat hears of its browser. */
export interface SeatSocketListener {
  bytes(bytes: Uint8Array): void;
  control(message: ClientMessage): void;
  /** The browser went, broke the contract or takes nothing any more. */
  over(kind: CloseKind): void;
  /** The queue to the browser is empty again. */
  drained(): void;
}

/**
 * One browser's WebSocket under the socket contract: binary frames are console bytes, text frames control messages
 * within their limits, pings keep it honest (security.md §9). Knows nothing of consoles.
 */
export class SeatSocket {
  readonly #socket: WebSocket;
  readonly #connection: Duplex;
  readonly #clock: Clock;
  readonly #rate = new ControlRate();
  readonly #pingRate = new ControlRate(MAX_PINGS_PER_SECOND);
  readonly #stall: StallWatch;
  readonly #gather: Gather;
  readonly #cancelPings: Cancel;
  #listener: SeatSocketListener | null = null;
  #unanswered = 0;
  #closed = false;
  #late = 0;
  #isGone = false;

  /** @param connection the connection under the WebSocket, on which console bytes are written past `ws` */
  constructor(socket: WebSocket, connection: Duplex, clock: Clock) {
    this.#socket = socket;
    this.#connection = connection;
    this.#clock = clock;
    this.#stall = new StallWatch(clock);
    this.#gather = new Gather((parts, bytes) => {
      if (this.#isOpen) writeBinaryMessage(connection, parts, bytes);
    });
    this.#cancelPings = every(clock, LIMITS.pingEveryMs, () => this.#ping());
    connection.on('drain', () => this.#listener?.drained());
    socket.on('ping', () => this.#countPing());
    socket.on('pong', () => {
      this.#unanswered = 0;
      this.#countPing();
    });
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('error', (error) => this.#over(kindOfFault(error)));
    socket.on('close', () => {
      this.#isGone = true;
      this.#cancelPings();
      this.#over('left');
    });
  }

  /** Bytes that wait for the browser; with none, nothing that was sent is needed any more. */
  get queuedBytes(): number {
    return this.#isGone ? 0 : this.#gather.bytes + this.#connection.writableLength;
  }

  listen(listener: SeatSocketListener): void {
    this.#listener = listener;
  }

  sendControl(message: ServerMessage): void {
    // What the console said before stays before it.
    this.#gather.flush();
    if (this.#isOpen) this.#socket.send(JSON.stringify(message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#gather.push(bytes);
  }

  pauseReading(): void {
    if (this.#isOpen) this.#socket.pause();
  }

  resumeReading(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  /** Says why and closes; a browser that does not answer is cut. Nothing is heard of it from here on. */
  close(kind: CloseKind, last: ServerMessage): void {
    this.#listener = null;
    this.#closed = true;
    this.#cancelPings();
    this.sendControl(last);
    const { code, reason } = CLOSE[kind];
    if (this.#isOpen) this.#socket.close(code, reason);
    this.resumeReading();
    this.#clock.after(CLOSE_GRACE_MS, () => this.#socket.terminate());
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#isLate()) return;
    const bytes = bytesOf(data);
    if (isBinary) {
      this.#listener?.bytes(bytes);
      return;
    }
    if (bytes.length > MAX_CONTROL_BYTES || !this.#rate.allows(this.#clock.now())) {
      this.#over('badMessage');
      return;
    }
    const message = parseClientMessage(Buffer.from(bytes).toString('utf8'));
    if (message === null) this.#over('badMessage');
    else this.#listener?.control(message);
  }

  #countPing(): void {
    if (!this.#isLate() && !this.#pingRate.allows(this.#clock.now())) this.#over('badMessage');
  }

  /** Whether it came after our close, where nothing is heard any more. */
  #isLate(): boolean {
    if (!this.#closed) return false;
    this.#late += 1;
    if (this.#late > MAX_MESSAGES_AFTER_CLOSE) this.#socket.terminate();
    return true;
  }

  #ping(): void {
    if (this.#stall.isStalled(this.queuedBytes)) {
      this.#over('stalled');
      return;
    }
    // While we do not read, its answers wait in the kernel: that is no silence of the browser's.
    if (this.#socket.isPaused || !this.#isOpen) return;
    if (this.#unanswered >= LIMITS.missedPongs) {
      this.#over('stalled');
      return;
    }
    this.#unanswered += 1;
    this.#socket.ping();
  }

  #over(kind: CloseKind): void {
    this.#listener?.over(kind);
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** `ws` has closed the socket by itself when it reports a breach of its limits or of RFC 6455. */
function kindOfFault(error: NodeJS.ErrnoException): CloseKind {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'tooBig';
  return error.code?.startsWith('WS_ERR_') ? 'badMessage' : 'left';
}
