import {
  clientHandshake,
  ENCODING,
  encodeSetPixelFormat,
  encodeUpdateRequest,
  type HostGreeting,
  isPicture,
  ServerStreamWalker,
  type WalkerEvent,
  WireRunner,
} from '@porthole/rfb';
import { NovncCanvas } from './novnc-canvas.ts';

/** What noVNC 1.7 asks for, as far as the hub knows it, in its order (rfb.md §5). */
export const NOVNC_ENCODINGS = [
  ENCODING.copyRect,
  ENCODING.tight,
  ENCODING.hextile,
  ENCODING.rre,
  ENCODING.raw,
  ENCODING.desktopSize,
  ENCODING.lastRect,
  ENCODING.qemuKey,
  ENCODING.qemuLed,
  ENCODING.extendedDesktopSize,
  ENCODING.desktopName,
  ENCODING.cursor,
] as const;

const HEAD_BYTES = 12;

/** A viewer that shakes hands, asks, and paints all it gets with noVNC's own decoders. */
export class CanvasViewer {
  readonly canvas: NovncCanvas;
  readonly events: WalkerEvent[] = [];
  /** While false it takes its updates and asks for no more. */
  asks = true;
  greeting: HostGreeting | null = null;
  updates = 0;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #encodings: readonly number[];
  readonly #handshake: WireRunner<HostGreeting>;
  #walker: ServerStreamWalker | null = null;
  #bytes = Buffer.alloc(0);
  #base = 0;

  private constructor(canvas: NovncCanvas, send: (bytes: Uint8Array) => void, encodings: readonly number[]) {
    this.canvas = canvas;
    this.#send = send;
    this.#encodings = encodings;
    this.#handshake = new WireRunner(clientHandshake(), send);
  }

  /** @param send where its messages go */
  static async open(
    send: (bytes: Uint8Array) => void,
    encodings: readonly number[] = NOVNC_ENCODINGS,
  ): Promise<CanvasViewer> {
    return new CanvasViewer(await NovncCanvas.open(0, 0), send, encodings);
  }

  /** Bytes of the server, in any split. */
  feed(bytes: Uint8Array): void {
    if (this.#walker !== null) {
      this.#walk(this.#walker, bytes);
      return;
    }
    const progress = this.#handshake.push(bytes);
    if (!progress.done) return;
    const { width, height } = progress.value;
    this.greeting = progress.value;
    this.canvas.resize(width, height);
    const walker = new ServerStreamWalker({ width, height, emit: (event) => this.#heed(event) });
    this.#walker = walker;
    this.#send(encodeSetPixelFormat());
    this.#send(encodeAnyEncodings(this.#encodings));
    this.ask(false);
    this.#walk(walker, progress.rest);
  }

  ask(incremental = true): void {
    this.#send(encodeUpdateRequest({ incremental, x: 0, y: 0, ...this.canvas.size }));
  }

  #walk(walker: ServerStreamWalker, bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    walker.push(bytes);
    if (!walker.atBoundary) return;
    this.#bytes = Buffer.alloc(0);
    this.#base = walker.offset;
  }

  #heed(event: WalkerEvent): void {
    if (event.type === 'desktop-size') {
      const { width, height } = event;
      if (width !== this.canvas.size.width || height !== this.canvas.size.height)
        this.canvas.resize(width, height);
    } else if (event.type === 'rectangle' && isPicture(event.encoding)) {
      this.canvas.decode(ENCODING[event.encoding], event, this.#bytes, event.start - this.#base + HEAD_BYTES);
    } else if (event.type === 'message-end' && event.message === 'update') {
      this.updates += 1;
      if (this.asks) this.ask();
    }
    if (event.type !== 'rectangle') this.events.push(event);
  }
}

/** As any viewer may ask: the product's own encoder knows the hub's closed list alone. */
export function encodeAnyEncodings(encodings: readonly number[]): Uint8Array {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message.writeUInt8(2, 0);
  message.writeUInt16BE(encodings.length, 2);
  for (const [index, encoding] of encodings.entries()) message.writeInt32BE(encoding, 4 + 4 * index);
  return message;
}
