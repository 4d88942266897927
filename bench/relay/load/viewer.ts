import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  clientHandshake,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
  ServerStreamWalker,
  WireRunner,
} from '@porthole/rfb';
import { clientFrame, FrameReader } from './frame-reader.ts';

/** How one console is reached through one contestant. */
export interface Way {
  /** Of this one viewer. */
  readonly id: string;
  readonly port: number;
  /** The reference that the host knows it by. */
  readonly console: string;
  /** Where it is a WebSocket: the path, and what else the upgrade says. */
  readonly upgrade: { readonly path: string; readonly headers: readonly string[] } | null;
  /** Whether the viewer itself says CONNECT, because the contestant does not. */
  readonly connects: boolean;
  readonly screen: boolean;
}

const PONG = 10;
/** Read into by all: each reading is used up before the next. */
const shared = Buffer.alloc(256 * 1024);
const ENCODINGS = [7, 5, 0, -223];

/** One person at one console, as cheap as can be: counts what comes, and looks at it only where it was asked to. */
export class Viewer {
  received = 0;
  updates = 0;
  /** Called whenever bytes of the console came. */
  onBytes: (() => void) | null = null;
  readonly #way: Way;
  readonly #socket: Socket;
  readonly #opened: { resolve(): void; reject(error: Error): void };
  readonly opened: Promise<void>;
  #stage: 'upgrade' | 'connect' | 'greeting' | 'open';
  #head = '';
  #frames: FrameReader | null = null;
  #reads = true;
  #handshake: WireRunner<{ readonly width: number; readonly height: number }> | null = null;
  #walker: ServerStreamWalker | null = null;
  #walks = false;

  constructor(way: Way) {
    this.#way = way;
    let settle = { resolve: (): void => undefined, reject: (_error: Error): void => undefined };
    this.opened = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#opened = settle;
    this.#stage = way.upgrade === null ? 'connect' : 'upgrade';
    this.#socket = connect({
      host: '127.0.0.1',
      port: way.port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (count) => {
          this.#take(shared.subarray(0, count));
          return this.#reads;
        },
      },
    });
    this.#socket
      .on('connect', () => this.#begin())
      .on('error', (error) => settle.reject(error))
      .on('close', () => settle.reject(new Error(`${way.console}: closed at ${this.#stage}: ${this.#head}`)));
  }

  pause(): void {
    this.#reads = false;
    this.#socket.pause();
  }

  resume(): void {
    this.#reads = true;
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  send(payload: Uint8Array): void {
    this.sendWire(this.wire(payload));
  }

  /** The form in which these bytes go over the wire. */
  wire(payload: Uint8Array): Buffer {
    return this.#frames === null ? Buffer.from(payload) : clientFrame(payload);
  }

  /** @returns when the kernel has taken it */
  sendWire(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** From here on every update is asked for, and the next one when it has come. */
  watch(): void {
    this.#walks = true;
    this.#ask(false);
  }

  #ask(incremental: boolean): void {
    const size = this.#walker?.size ?? { width: 0, height: 0 };
    this.send(encodeUpdateRequest({ incremental, x: 0, y: 0, ...size }));
  }

  #begin(): void {
    const { upgrade } = this.#way;
    if (upgrade === null) {
      this.#connect();
      return;
    }
    const lines = [
      `GET ${upgrade.path} HTTP/1.1`,
      `Host: 127.0.0.1:${this.#way.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...upgrade.headers,
    ];
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  #connect(): void {
    this.#stage = 'connect';
    this.send(Buffer.from(`CONNECT /console?ref=${this.#way.console} HTTP/1.0\r\nHost: host\r\n\r\n`));
  }

  #greet(): void {
    this.#stage = 'greeting';
    if (this.#way.screen) this.#handshake = new WireRunner(clientHandshake(), (bytes) => this.send(bytes));
  }

  #take(chunk: Buffer): void {
    if (this.#stage !== 'upgrade') {
      if (this.#frames === null) this.#bytes(chunk);
      else this.#frames.push(chunk);
      return;
    }
    this.#head += chunk.toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1) return;
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      this.#opened.reject(new Error(`${this.#way.console}: ${this.#head.slice(0, end)}`));
      return;
    }
    this.#frames = new FrameReader({
      bytes: (part) => this.#bytes(part),
      text: () => undefined,
      ping: (payload) => void this.sendWire(clientFrame(payload, PONG)),
      closed: (reason) => this.#opened.reject(new Error(`${this.#way.console}: closed with "${reason}"`)),
    });
    const rest = Buffer.from(this.#head.slice(end + 4), 'latin1');
    this.#head = '';
    if (this.#way.connects) this.#connect();
    else this.#greet();
    if (rest.length > 0) this.#frames.push(rest);
  }

  #bytes(part: Buffer): void {
    if (this.#stage === 'open') {
      this.received += part.length;
      if (this.#walks) this.#walker?.push(part);
      this.onBytes?.();
    } else if (this.#stage === 'connect') this.#readConnect(part);
    else this.#readGreeting(part);
  }

  #readConnect(part: Buffer): void {
    this.#head += part.toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const rest = Buffer.from(this.#head.slice(end + 4), 'latin1');
    this.#head = '';
    this.#greet();
    if (rest.length > 0) this.#bytes(rest);
  }

  /** Open is who has heard the console itself: text its first word, a screen its ServerInit. */
  #readGreeting(part: Buffer): void {
    if (this.#handshake !== null) {
      const progress = this.#handshake.push(part);
      if (!progress.done) return;
      const { width, height } = progress.value;
      this.#walker = new ServerStreamWalker({
        width,
        height,
        emit: ({ type }) => {
          if (type !== 'message-end') return;
          this.updates += 1;
          this.#ask(true);
        },
      });
      this.send(encodeSetPixelFormat());
      this.send(encodeSetEncodings(ENCODINGS));
    }
    this.#stage = 'open';
    this.#opened.resolve();
  }
}
