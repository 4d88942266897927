import type { TLSSocket } from 'node:tls';
import { encodeRawUpdate, encodeServerInit } from '@porthole/rfb';
import { RECORDED_SIZE } from '../streams/stream-file.ts';

/** What a console does with what it is sent. */
export type Answering = 'echo' | 'nothing' | 'updates';

/** Bytes of the messages of a viewer that have one length (RFC 6143 §7.5). */
const LENGTHS: Record<number, number> = { 0: 20, 3: 10, 4: 8, 5: 6 };
const REQUEST = 3;
const POINTER = 5;
const CUT_TEXT = 6;
const SET_ENCODINGS = 2;
/** Most that TLS puts into one record, in bytes (RFC 8446 §5.1). */
const LONGEST_RECORD = 16 * 1024;
/** Bytes of one console before the host looks at the others. */
const TURN_BYTES = 64 * 1024;

/** One console of the host: floods, echoes and counts as it is told; a screen shakes hands first. */
export class HostConsole {
  answering: Answering = 'echo';
  /** What the host answers requests with, if it does. */
  updates: readonly Buffer[] = [];
  received = 0;
  /** What it flooded and somebody took, if only the kernel. */
  sent = 0;
  readonly #socket: TLSSocket;
  readonly #isScreen: boolean;
  #handshake: 'version' | 'security' | 'init' | 'done';
  #pending: Buffer = Buffer.alloc(0);
  #nextUpdate = 0;
  #floodAt = 0;
  #stopFlood: (() => void) | null = null;

  constructor(socket: TLSSocket, isScreen: boolean) {
    this.#socket = socket;
    this.#isScreen = isScreen;
    this.#handshake = isScreen ? 'version' : 'done';
    if (isScreen) socket.write('RFB 003.008\n');
  }

  take(chunk: Buffer): void {
    this.received += chunk.length;
    if (!this.#isScreen) {
      if (this.answering === 'echo') this.#socket.write(chunk);
      return;
    }
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let length = this.#nextLength();
    while (length > 0 && this.#pending.length >= length) {
      const message = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.#obey(message);
      length = this.#nextLength();
    }
  }

  /**
   * Sends records of `record` bytes out of `source`, over and over, from where it last stopped.
   * @param bytes how many in all; null for ever
   * @returns when all of it is on its way
   */
  flood(source: Buffer, record: number, bytes: number | null): Promise<void> {
    let left = bytes ?? Number.POSITIVE_INFINITY;
    this.#stopFlood = () => {
      left = 0;
    };
    // Nagle's algorithm packs small records as a busy host does.
    this.#socket.setNoDelay(record >= LONGEST_RECORD);
    let turn = 0;
    return new Promise((resolve) => {
      const next = (): void => {
        if (turn <= 0) turn = TURN_BYTES;
        if (left <= 0 || this.#socket.destroyed) {
          this.#socket.setNoDelay(true);
          resolve();
          return;
        }
        const end = Math.min(source.length, this.#floodAt + Math.min(record, left));
        const piece = source.subarray(this.#floodAt, end);
        this.#floodAt = end === source.length ? 0 : end;
        left -= piece.length;
        this.sent += piece.length;
        turn -= piece.length;
        // One by one: what waits together leaves Node as one record.
        this.#socket.write(piece, turn > 0 ? next : nextTurn);
      };
      // As long as the kernel takes all, Node calls back before it looks at anybody else.
      const nextTurn = () => setImmediate(next);
      nextTurn();
    });
  }

  hush(): void {
    this.#stopFlood?.();
  }

  #nextLength(): number {
    if (this.#handshake === 'version') return 12;
    if (this.#handshake !== 'done') return 1;
    const type = this.#pending[0];
    if (type === undefined) return 0;
    const fixed = LENGTHS[type];
    if (fixed !== undefined) return fixed;
    if (type === SET_ENCODINGS) return this.#pending.length < 4 ? 4 : 4 + 4 * this.#pending.readUInt16BE(2);
    if (type === CUT_TEXT) return this.#pending.length < 8 ? 8 : 8 + this.#pending.readUInt32BE(4);
    throw new Error(`a viewer's message of type ${type}`);
  }

  #obey(message: Buffer): void {
    if (this.#handshake === 'version') {
      this.#handshake = 'security';
      this.#socket.write(Uint8Array.of(1, 1));
    } else if (this.#handshake === 'security') {
      this.#handshake = 'init';
      this.#socket.write(Uint8Array.of(0, 0, 0, 0));
    } else if (this.#handshake === 'init') {
      this.#handshake = 'done';
      this.#socket.write(encodeServerInit({ ...RECORDED_SIZE, name: 'bench' }));
    } else if (message[0] === POINTER && this.answering === 'echo') this.#socket.write(ONE_PIXEL);
    else if (message[0] === REQUEST && this.answering === 'updates') this.#answer(message);
  }

  #answer(request: Buffer): void {
    const whole = request[1] === 0;
    // The first update of a recording is the whole picture.
    if (whole) this.#nextUpdate = 0;
    const update = this.updates[this.#nextUpdate];
    this.#nextUpdate = (this.#nextUpdate + 1) % this.updates.length;
    if (update !== undefined) this.#socket.write(update);
  }
}

const ONE_PIXEL = encodeRawUpdate({ x: 0, y: 0, width: 1, height: 1 }, new Uint8Array(4));
