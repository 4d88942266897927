import { ByteQueue } from './byte-queue.ts';
import type { ClientMessage } from './client-message.ts';
import { MAX_CUT_TEXT_BYTES, MAX_ENCODINGS, MAX_FENCE_BYTES } from './limits.ts';
import { readPixelFormat } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';
import { readScreens, SCREEN_BYTES } from './screen.ts';

export interface ClientMessageParserOptions {
  /** True once extended mouse buttons (-316) were confirmed: bit 7 of the mask then announces a seventh byte. */
  readonly extendedMouseButtons?: boolean;
}

/**
 * Reads what a viewer sends after its handshake, however it is cut. An unknown type ends everything: lengths depend on the
 * type, and guessing would let input through unseen (rfb.md §2 "Order rule").
 */
export class ClientMessageParser {
  readonly #queue = new ByteQueue();
  readonly #extendedMouseButtons: boolean;
  #failure: RfbError | null = null;

  constructor(options: ClientMessageParserOptions = {}) {
    this.#extendedMouseButtons = options.extendedMouseButtons ?? false;
  }

  /** Bytes of a message that has not wholly come. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Takes bytes in at once, and gives the messages that are whole, one by one: those before a bad one come out before the
   * throw.
   * @throws RfbError rfb/unknown-message, rfb/bad-message, rfb/cut-text-too-long, rfb/too-many-encodings; from then on always
   */
  push(chunk: Uint8Array): Generator<ClientMessage, void> {
    this.#queue.push(chunk);
    return this.#drain();
  }

  *#drain(): Generator<ClientMessage, void> {
    for (let next = this.#next(); next !== null; next = this.#next()) yield next;
  }

  #next(): ClientMessage | null {
    if (this.#failure !== null) throw this.#failure;
    const waiting = this.#queue.peek();
    if (waiting.length === 0) return null;
    try {
      const length = lengthOf(waiting, this.#extendedMouseButtons);
      return waiting.length < length ? null : decode(this.#queue.take(length));
    } catch (error) {
      if (error instanceof RfbError) this.#failure = error;
      throw error;
    }
  }
}

/** Length of the first message, or of the part that must be there to tell it (always more than there is). */
function lengthOf(bytes: Uint8Array, extendedMouseButtons: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint8(0);
  const at = (needed: number, rest: () => number) => (bytes.length < needed ? needed : needed + rest());
  switch (type) {
    case 0:
      return 20;
    case 2:
      return at(4, () => 4 * bounded(view.getUint16(2), MAX_ENCODINGS, 'rfb/too-many-encodings'));
    case 3:
    case 150:
      return 10;
    case 4:
    case 254:
      return 8;
    case 5:
      return extendedMouseButtons ? at(2, () => ((view.getUint8(1) & 0x80) === 0 ? 4 : 5)) : 6;
    case 6:
      return at(8, () => bounded(Math.abs(view.getInt32(4)), MAX_CUT_TEXT_BYTES, 'rfb/cut-text-too-long'));
    case 248:
      return at(9, () => bounded(view.getUint8(8), MAX_FENCE_BYTES, 'rfb/bad-message'));
    case 250:
      return 4;
    case 251:
      return at(8, () => SCREEN_BYTES * view.getUint8(6));
    case 253:
      return at(4, () => view.getUint16(2, isGiiLittleEndian(view)));
    case 255:
      return at(2, () => qemuLength(bytes, view) - 2);
    default:
      throw new RfbError('rfb/unknown-message', { type });
  }
}

function qemuLength(bytes: Uint8Array, view: DataView): number {
  const subtype = view.getUint8(1);
  if (subtype === 0) return 12;
  if (subtype !== 1) throw new RfbError('rfb/unknown-message', { type: 255, subtype });
  if (bytes.length < 4) return 4;
  const operation = view.getUint16(2);
  if (operation > 2) throw new RfbError('rfb/unknown-message', { type: 255, subtype, operation });
  return operation === 2 ? 10 : 4;
}

/** The top bit of the second byte says that the message is in big-endian order (rfb.md §2). */
function isGiiLittleEndian(view: DataView): boolean {
  return (view.getUint8(1) & 0x80) === 0;
}

function bounded(
  value: number,
  maximum: number,
  code: 'rfb/too-many-encodings' | 'rfb/cut-text-too-long' | 'rfb/bad-message',
): number {
  if (value > maximum) throw new RfbError(code, { value, maximum });
  return value;
}

function decode(bytes: Uint8Array): ClientMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (view.getUint8(0)) {
    case 0:
      return { type: 'set-pixel-format', bytes, format: readPixelFormat(view, 4) };
    case 2:
      return { type: 'set-encodings', bytes, encodings: readEncodings(view) };
    case 3:
      return { type: 'update-request', bytes, incremental: view.getUint8(1) !== 0, ...region(view) };
    case 4:
      return { type: 'key', bytes, down: view.getUint8(1) !== 0, keysym: view.getUint32(4) };
    case 5:
      return { type: 'pointer', bytes, buttons: buttonsOf(view), x: view.getUint16(2), y: view.getUint16(4) };
    case 6:
      return cutText(bytes, view);
    case 150:
      return { type: 'enable-continuous-updates', bytes, on: view.getUint8(1) !== 0, ...region(view) };
    case 248:
      return { type: 'client-fence', bytes, flags: view.getUint32(4), payload: bytes.subarray(9) };
    case 250:
      return { type: 'xvp', bytes, code: view.getUint8(3) };
    case 251:
      return {
        type: 'set-desktop-size',
        bytes,
        width: view.getUint16(2),
        height: view.getUint16(4),
        screens: readScreens(view, 8, view.getUint8(6)),
      };
    case 253:
      return { type: 'gii', bytes, subtype: view.getUint8(1) & 0x7f, data: bytes.subarray(4) };
    case 254:
      return { type: 'scan-code', bytes, down: view.getUint8(1) !== 0, scancode: view.getUint32(4) };
    default:
      return qemuMessage(bytes, view);
  }
}

function qemuMessage(bytes: Uint8Array, view: DataView): ClientMessage {
  if (view.getUint8(1) === 1) return { type: 'qemu-audio', bytes, operation: view.getUint16(2) };
  return {
    type: 'qemu-key',
    bytes,
    down: view.getUint16(2) !== 0,
    keysym: view.getUint32(4),
    keycode: view.getUint32(8),
  };
}

function cutText(bytes: Uint8Array, view: DataView): ClientMessage {
  if (view.getInt32(4) >= 0) return { type: 'cut-text', bytes, text: bytes.subarray(8) };
  // Extended clipboard: the length is negative and counts the flags (rfb.md §7.4).
  if (bytes.length < 12) throw new RfbError('rfb/bad-message', { reason: 'clipboard-without-flags' });
  return { type: 'extended-clipboard', bytes, flags: view.getUint32(8), data: bytes.subarray(12) };
}

function buttonsOf(view: DataView): number {
  const mask = view.getUint8(1);
  return view.byteLength === 7 ? (mask & 0x7f) | (view.getUint8(6) << 7) : mask;
}

function readEncodings(view: DataView): number[] {
  return Array.from({ length: view.getUint16(2) }, (_none, index) => view.getInt32(4 + 4 * index));
}

function region(view: DataView) {
  return { x: view.getUint16(2), y: view.getUint16(4), width: view.getUint16(6), height: view.getUint16(8) };
}
