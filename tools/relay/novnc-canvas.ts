import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENCODING } from '@porthole/rfb';
import { mendResets, type TightStreams } from '../../apps/portal/src/features/console/whole-resets.ts';

/** What noVNC's decoders read from: the part of its `Websock` that they use, over bytes that are all there. */
class WholeMessage {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** False: nothing has to be waited for. Decoders would otherwise return and be called again. */
  rQwait(what: string, count: number): boolean {
    if (this.#at + count > this.#bytes.length) throw new Error(`the message ends within ${what}`);
    return false;
  }
  rQpeek8(): number {
    return this.#bytes[this.#at] ?? 0;
  }
  rQshift8(): number {
    this.#at += 1;
    return this.#bytes[this.#at - 1] ?? 0;
  }
  rQshift16(): number {
    return this.rQshift8() * 256 + this.rQshift8();
  }
  rQshift32(): number {
    return this.rQshift16() * 65_536 + this.rQshift16();
  }
  rQskipBytes(count: number): void {
    this.#at += count;
  }
  rQshiftBytes(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }
  rQpeekBytes(count: number): Uint8Array {
    return this.#bytes.slice(this.#at, this.#at + count);
  }
  rQshiftTo(target: Uint8Array, count: number): void {
    target.set(this.rQshiftBytes(count));
  }
}

interface Decoder {
  decodeRect(
    x: number,
    y: number,
    width: number,
    height: number,
    socket: WholeMessage,
    display: NovncCanvas,
    depth: number,
  ): boolean;
}

const NOVNC = path.join(import.meta.dirname, '../../node_modules/@novnc/novnc/core/decoders');
const FILES = { 0: 'raw', 1: 'copyrect', 2: 'rre', 5: 'hextile', 7: 'tight' } as const;
type Known = keyof typeof FILES;

/**
 * What a person with noVNC sees: its own decoders, mended as the page mends them, which live as long as the viewer, over a display of plain memory.
 */
export class NovncCanvas {
  #width = 0;
  #height = 0;
  #colours = new Uint32Array(0);
  readonly #decoders: ReadonlyMap<number, Decoder>;

  private constructor(decoders: ReadonlyMap<number, Decoder>) {
    this.#decoders = decoders;
  }

  static async open(width: number, height: number): Promise<NovncCanvas> {
    // Its modules look for a window to log to and for what the browser can do; here is neither.
    Object.assign(globalThis, { window: globalThis });
    const decoders = new Map<number, Decoder>();
    for (const [encoding, file] of Object.entries(FILES)) {
      const { default: Class } = await import(pathToFileURL(path.join(NOVNC, `${file}.js`)).href);
      decoders.set(Number(encoding), new Class());
    }
    const tight = decoders.get(ENCODING.tight);
    if (tight !== undefined && '_zlibs' in tight) mendResets(tight as Decoder & TightStreams);
    const canvas = new NovncCanvas(decoders);
    canvas.resize(width, height);
    return canvas;
  }

  /** 24 bits a pixel, red in the lowest byte. */
  get colours(): Uint32Array {
    return this.#colours;
  }

  get size(): { readonly width: number; readonly height: number } {
    return { width: this.#width, height: this.#height };
  }

  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#colours = new Uint32Array(width * height);
  }

  /** Decodes the body of one rectangle that stands at `at`. */
  decode(
    encoding: number,
    area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
    bytes: Uint8Array,
    at: number,
  ): void {
    const decoder = this.#decoders.get(encoding as Known);
    if (decoder === undefined) throw new Error(`this viewer does not know encoding ${encoding}`);
    const { x, y, width, height } = area;
    const socket = new WholeMessage(bytes, at);
    if (!decoder.decodeRect(x, y, width, height, socket, this, 24))
      throw new Error(`encoding ${encoding} did not end with its message`);
  }

  // The part of noVNC's `Display` that its decoders paint with.

  fillRect(x: number, y: number, width: number, height: number, colour: ArrayLike<number>): void {
    for (let row = y; row < y + height; row += 1)
      this.#colours.fill(colourOf(colour, 0), row * this.#width + x, row * this.#width + x + width);
  }

  blitImage(
    x: number,
    y: number,
    width: number,
    height: number,
    rgbx: ArrayLike<number>,
    offset: number,
  ): void {
    for (let row = 0; row < height; row += 1)
      for (let column = 0; column < width; column += 1)
        this.#colours[(y + row) * this.#width + x + column] = colourOf(
          rgbx,
          offset + (row * width + column) * 4,
        );
  }

  copyImage(fromX: number, fromY: number, x: number, y: number, width: number, height: number): void {
    const before = this.#colours.slice();
    for (let row = 0; row < height; row += 1) {
      const from = (fromY + row) * this.#width + fromX;
      this.#colours.set(before.subarray(from, from + width), (y + row) * this.#width + x);
    }
  }
}

function colourOf(bytes: ArrayLike<number>, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}
