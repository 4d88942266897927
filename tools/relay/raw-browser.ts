import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/**
 * What no WebSocket library sends: a connection whose every byte is ours, and what came back over it. It reads frames of
 * the relay only as far as telling its close.
 */
export class RawBrowser {
  readonly socket: Socket;
  /** Resolves when the relay has ended the connection. */
  readonly ended: Promise<void>;
  received = Buffer.alloc(0);

  private constructor(port: number) {
    // Half-open on purpose: the relay has to end it, not this side's good manners.
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
    this.ended = new Promise((resolve) => {
      this.socket
        .on('error', () => resolve())
        .on('end', () => resolve())
        .on('close', () => resolve());
    });
  }

  static async connect(port: number): Promise<RawBrowser> {
    const browser = new RawBrowser(port);
    await new Promise<void>((resolve) => {
      browser.socket.once('connect', resolve).once('close', () => resolve());
    });
    return browser;
  }

  /** The status of the answer to the head; null while there is none. */
  get status(): number | null {
    const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(this.received.toString('latin1', 0, 16)) ?? [];
    return status === undefined ? null : Number(status);
  }

  /** The code of the relay's close frame; null where it ended without one. */
  get closeCode(): number | null {
    let at = this.received.indexOf('\r\n\r\n') + 4;
    while (at + 2 <= this.received.length) {
      const opcode = this.received.readUInt8(at) & 15;
      const short = this.received.readUInt8(at + 1) & 127;
      const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
      if (at + 2 + lengthBytes > this.received.length) return null;
      const start = at + 2 + lengthBytes;
      if (opcode === OPCODE.close && start + 2 <= this.received.length)
        return this.received.readUInt16BE(start);
      at =
        start +
        (lengthBytes === 0
          ? short
          : this.received.readUIntBE(start - Math.min(lengthBytes, 6), Math.min(lengthBytes, 6)));
    }
    return null;
  }

  write(bytes: Uint8Array | string): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Waits for the answer to the head. */
  async answered(): Promise<number | null> {
    while (this.status === null && !this.socket.destroyed && !this.socket.readableEnded)
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.ended]);
    return this.status;
  }

  cut(): void {
    this.socket.destroy();
  }
}

/** The head of an upgrade as a browser writes it. */
export function upgradeHead(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({
    host: 'porthole.example',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A masked frame of a client (RFC 6455 §5.2). @param announced a length that is said instead of the true one */
export function frame(
  opcode: number,
  payload: Uint8Array = Buffer.alloc(0),
  { fin = true, announced = payload.length }: { fin?: boolean; announced?: number } = {},
): Buffer {
  const head =
    announced < 126
      ? Buffer.of(0, 0x80 | announced)
      : announced < 65_536
        ? Buffer.alloc(4)
        : Buffer.alloc(10);
  if (head.length === 4) {
    head.writeUInt8(0x80 | 126, 1);
    head.writeUInt16BE(announced, 2);
  } else if (head.length === 10) {
    head.writeUInt8(0x80 | 127, 1);
    head.writeUIntBE(announced, 4, 6);
  }
  head.writeUInt8((fin ? 0x80 : 0) | opcode, 0);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
