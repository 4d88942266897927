import {
  CLOSE,
  type CloseKind,
  closeKindOf,
  offeredProtocols,
  parseServerMessage,
  type Receipt,
  type ServerMessage,
} from '@porthole/relay-contract';
import {
  clientHandshake,
  ENCODING,
  encodeSetPixelFormat,
  encodeUpdateRequest,
  type HostGreeting,
  ServerStreamWalker,
  type WalkerEvent,
  WireRunner,
} from '@porthole/rfb';
import { WebSocket } from 'ws';
import { encodeAnyEncodings } from './canvas-viewer.ts';

type Of<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** What a refused upgrade got. */
export interface TestRefusal {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** A browser at the relay's door: a real WebSocket, the contract's messages parsed, console bytes kept. */
export class TestBrowser {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string; kind: CloseKind | null }>;
  readonly refused: Promise<TestRefusal>;
  received = Buffer.alloc(0);
  #total = 0;
  #listeners = new Set<() => void>();
  #onBytes: ((bytes: Uint8Array) => void) | null = null;

  constructor(url: string, ticket: string, options: { origin: string; cookie: string; autoPong: boolean }) {
    this.socket = new WebSocket(url, offeredProtocols(ticket), {
      origin: options.origin,
      headers: { cookie: options.cookie },
      autoPong: options.autoPong,
      perMessageDeflate: false,
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString(), kind: closeKindOf(code, reason.toString()) });
        this.#tell();
      });
    });
    this.refused = new Promise((resolve) => {
      this.socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.rawHeaders.join('|'), body });
          this.socket.terminate();
        });
      });
    });
    // The end is told by `close`; without a listener an error would be thrown.
    this.socket.on('error', () => this.#tell());
    this.socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
  }

  get total(): number {
    return this.#total;
  }

  get receipt(): Receipt | null {
    return this.messages.find((message) => message.type === 'receipt')?.receipt ?? null;
  }

  /** Waits for a message of the type; the one that is there already counts. */
  async message<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Of<T>) => boolean = () => true,
  ): Promise<Of<T>> {
    const find = () => this.messages.find((one): one is Of<T> => one.type === type && fits(one as Of<T>));
    await this.until(() => find() !== undefined, `a ${type} message`);
    const found = find();
    if (found === undefined) throw new Error(`no ${type} message`);
    return found;
  }

  /** Waits until what is asked holds; looks again whenever anything came. */
  async until(holds: () => boolean, what: string, patienceMs = 8_000): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (holds()) finish(resolve);
        else if (this.socket.readyState === WebSocket.CLOSED)
          finish(() =>
            reject(new Error(`the socket closed before ${what}: ${JSON.stringify(this.messages)}`)),
          );
      };
      const timer = setTimeout(() => finish(() => reject(new Error(`there was no ${what}`))), patienceMs);
      const finish = (how: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        how();
      };
      this.#listeners.add(look);
      look();
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.send(bytes, { binary: true });
  }

  control(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  leave(): void {
    this.socket.close(CLOSE.left.code);
  }

  /** Takes the bytes from here on, and those that came already. */
  onBytes(take: (bytes: Uint8Array) => void): void {
    this.#onBytes = take;
    const early = this.received;
    this.received = Buffer.alloc(0);
    if (early.length > 0) take(early);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.#total += data.length;
      if (this.#onBytes === null) this.received = Buffer.concat([this.received, data]);
      else this.#onBytes(data);
    } else {
      const message = parseServerMessage(data.toString('utf8'));
      if (message === null) throw new Error(`not of the contract: ${data.toString('utf8')}`);
      this.messages.push(message);
    }
    this.#tell();
  }

  #tell(): void {
    for (const look of [...this.#listeners]) look();
  }
}

/** A viewer in that browser: shakes hands, asks for pictures, and walks what it gets. */
export class TestViewer {
  readonly browser: TestBrowser;
  readonly events: WalkerEvent[] = [];
  greeting: HostGreeting | null = null;
  #walker: ServerStreamWalker | null = null;

  constructor(
    browser: TestBrowser,
    encodings: readonly number[] = [ENCODING.hextile, ENCODING.raw, ENCODING.desktopSize],
  ) {
    this.browser = browser;
    const handshake = new WireRunner(clientHandshake(), (bytes) => browser.send(bytes));
    browser.onBytes((bytes) => {
      if (this.#walker !== null) {
        this.#walker.push(bytes);
        return;
      }
      const progress = handshake.push(bytes);
      if (!progress.done) return;
      const { width, height } = progress.value;
      this.greeting = progress.value;
      this.#walker = new ServerStreamWalker({ width, height, emit: (event) => this.#heed(event) });
      browser.send(encodeSetPixelFormat());
      browser.send(encodeAnyEncodings(encodings));
      this.ask(false);
      this.#walker.push(progress.rest);
    });
  }

  get updates(): number {
    return this.events.filter((event) => event.type === 'message-end' && event.message === 'update').length;
  }

  ask(incremental: boolean): void {
    const size = this.#walker?.size ?? { width: 0, height: 0 };
    this.browser.send(encodeUpdateRequest({ incremental, x: 0, y: 0, ...size }));
  }

  async picture(): Promise<void> {
    await this.browser.until(() => this.updates > 0, 'a picture');
  }

  #heed(event: WalkerEvent): void {
    this.events.push(event);
    if (event.type === 'message-end' && event.message === 'update') this.ask(true);
  }
}
