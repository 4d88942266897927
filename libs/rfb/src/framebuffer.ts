import type { BodyWalker } from './body-walker.ts';
import { CopyRectPainter } from './copy-rect-painter.ts';
import { Coverage } from './coverage.ts';
import type { EncodingName } from './encodings.ts';
import { HextilePainter } from './hextile-painter.ts';
import { assertDesktopSize } from './limits.ts';
import type { Area } from './messages-to-seat.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { RawPainter } from './raw-painter.ts';
import { RrePainter } from './rre-painter.ts';

/** The pixels that painters write: row by row, in the hub's format, the fourth byte of no meaning. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** One number a pixel, red in the lowest byte: this wants a little-endian machine, as all that run JavaScript are. */
  readonly pixels: Uint32Array;
  /** The same memory. */
  readonly bytes: Uint8Array;
}

/**
 * The picture as the host has painted it. Given to a `ServerStreamWalker`, it takes the rectangles whose bodies stand
 * for themselves: Raw, CopyRect, RRE and Hextile. Tight goes past it and leaves a hole, which `complete` tells.
 */
export class Framebuffer implements Canvas {
  #width = 0;
  #height = 0;
  #bytes = new Uint8Array(0);
  #pixels = new Uint32Array(0);
  readonly #raw = new RawPainter(this);
  readonly #copyRect = new CopyRectPainter(this);
  readonly #rre = new RrePainter(this);
  readonly #hextile = new HextilePainter(this);
  readonly #known = new Coverage();

  /** @throws RfbError rfb/desktop-too-large */
  constructor(width: number, height: number) {
    this.resize(width, height);
  }

  /** Bytes that a picture of this size takes. */
  static bytesFor(width: number, height: number): number {
    return width * height * BYTES_PER_PIXEL;
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  get pixels(): Uint32Array {
    return this.#pixels;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** True once every pixel is what the host has; a new size or a rectangle in Tight makes it false again. */
  get complete(): boolean {
    return this.#known.complete;
  }

  /** Begins an empty picture: what was known of the old one is void (rfb.md §7.7). @throws RfbError rfb/desktop-too-large */
  resize(width: number, height: number): void {
    assertDesktopSize(width, height);
    this.#width = width;
    this.#height = height;
    this.#bytes = new Uint8Array(Framebuffer.bytesFor(width, height));
    this.#pixels = new Uint32Array(this.#bytes.buffer);
    this.#known.begin(width, height);
  }

  /** @returns who paints the body of this rectangle, or null for what this picture cannot take */
  painterFor(encoding: EncodingName, area: Area): BodyWalker | null {
    switch (encoding) {
      case 'raw':
        return this.#raw.begin(area);
      case 'copyRect':
        return this.#copyRect.begin(area);
      case 'rre':
        return this.#rre.begin(area);
      case 'hextile':
        return this.#hextile.begin(area);
      default:
        return null;
    }
  }

  /** Another update begins: what was counted in too many pieces is counted anew. */
  beginUpdate(): void {
    if (this.#known.givenUp) this.#known.begin(this.#width, this.#height);
  }

  /** Books what a finished rectangle means for `complete`. */
  note(encoding: EncodingName, area: Area): void {
    if (encoding === 'raw' || encoding === 'rre' || encoding === 'hextile') {
      if (!this.complete) this.#known.cover(area);
    } else if (encoding === 'tight' || (encoding === 'copyRect' && !this.complete)) {
      // A copy may have brought along what was never known, so counting begins anew; a full update holds no copies.
      this.#known.begin(this.#width, this.#height);
    }
  }
}
