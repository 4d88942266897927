const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;

export interface FrameListener {
  /** Part of a binary message. */
  bytes(part: Buffer): void;
  text(message: string): void;
  ping(payload: Buffer): void;
  closed(reason: string): void;
}

/** Reads the frames of a server (RFC 6455 §5.2), cut anywhere; cheap, since its CPU time is no contestant's. */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #head = Buffer.alloc(10);
  #filled = 0;
  #left = 0;
  #opcode = 0;
  #kept: Buffer[] = [];

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        at = this.#readHead(chunk, at);
        continue;
      }
      const part = chunk.subarray(at, at + this.#left);
      at += part.length;
      this.#left -= part.length;
      if (this.#opcode === BINARY) this.#listener.bytes(part);
      else this.#keep(part);
    }
  }

  #readHead(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length && this.#filled < this.#headLength()) {
      this.#head[this.#filled] = chunk[at] ?? 0;
      this.#filled += 1;
      at += 1;
    }
    if (this.#filled < this.#headLength()) return at;
    const short = (this.#head[1] ?? 0) & 0x7f;
    const opcode = (this.#head[0] ?? 0) & 0x0f;
    // A continuation is of the kind that it goes on with.
    if (opcode !== 0) this.#opcode = opcode;
    this.#left = short;
    if (short === 126) this.#left = this.#head.readUInt16BE(2);
    if (short === 127) this.#left = Number(this.#head.readBigUInt64BE(2));
    this.#filled = 0;
    if (this.#left === 0 && this.#opcode !== BINARY) this.#keep(Buffer.alloc(0));
    return at;
  }

  #headLength(): number {
    if (this.#filled < 2) return 2;
    const short = (this.#head[1] ?? 0) & 0x7f;
    return short === 126 ? 4 : short === 127 ? 10 : 2;
  }

  #keep(part: Buffer): void {
    this.#kept.push(Buffer.from(part));
    if (this.#left > 0) return;
    const whole = Buffer.concat(this.#kept);
    this.#kept = [];
    if (this.#opcode === TEXT) this.#listener.text(whole.toString('utf8'));
    else if (this.#opcode === PING) this.#listener.ping(whole);
    else if (this.#opcode === CLOSE) this.#listener.closed(whole.subarray(2).toString('utf8'));
  }
}

/** One masked frame of a client (RFC 6455 §5.3). */
export function clientFrame(payload: Uint8Array, opcode: number = BINARY): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + extended + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const mask = [0x37, 0xfa, 0x21, 0x3d];
  frame.set(mask, 2 + extended);
  for (let at = 0; at < length; at += 1)
    frame[2 + extended + 4 + at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return frame;
}
