import { ENCODING } from './encodings.ts';
import type { Canvas } from './framebuffer.ts';
import { MAX_TIGHT_WIDTH } from './limits.ts';
import { type Area, encodeRectangleHead } from './messages-to-seat.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import { indexColours, MAX_PALETTE, packBits, truePixel, truePixels } from './tight-filter.ts';

/** Makes one zlib stream (RFC 1950) of the bytes, complete or flushed; runs where it likes. */
export type Deflate = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Rectangles ready to be sent, each with its head. */
export interface EncodedPicture {
  readonly rectangles: readonly Uint8Array[];
  readonly pixels: number;
  readonly bytes: number;
}

/** Most that is compressed as one piece, in bytes before compression (architecture §2). */
export const MAX_RECTANGLE_BYTES = 64 * 1024;
/** Tight sends less than this as it is, without a length (rfb.md §4). */
const LEAST_COMPRESSED_BYTES = 12;
/** Basic compression over stream 0, told to begin anew: the seat's decoder then needs nothing that came before. */
const RESET = 1;
const EXPLICIT_FILTER = 0x40;
const FILL = 0x80;
const PALETTE = 1;

/** A rectangle up to its data; `data` is still to be compressed, or null where all is said. */
interface Piece {
  readonly head: Uint8Array;
  readonly data: Uint8Array | null;
}

/**
 * Parts of the picture as Tight rectangles without memory: solid ones as fill, few colours by palette, the rest as it
 * is. The pixels are read before this returns; only compressing goes on afterwards.
 */
export async function encodeTight(
  canvas: Canvas,
  areas: readonly Area[],
  deflate: Deflate,
): Promise<EncodedPicture> {
  const pieces = areas
    .flatMap((area) => bands(area, MAX_RECTANGLE_BYTES))
    .flatMap((band) => prepare(canvas, band));
  const rectangles = await Promise.all(
    pieces.map(async ({ head, data }) => {
      if (data === null) return head;
      const packed = data.length < LEAST_COMPRESSED_BYTES ? data : withLength(await deflate(data));
      return join(head, packed);
    }),
  );
  return pictureOf(areas, rectangles);
}

/** Parts of the picture as Raw rectangles, for a viewer that knows nothing better (RFC 6143 §7.7). */
export function encodeRaw(canvas: Canvas, areas: readonly Area[]): EncodedPicture {
  const rectangles = areas
    .flatMap((area) => bands(area, MAX_RECTANGLE_BYTES / BYTES_PER_PIXEL))
    .map((area) => join(encodeRectangleHead(area, ENCODING.raw), rawPixels(canvas, area)));
  return pictureOf(areas, rectangles);
}

function pictureOf(areas: readonly Area[], rectangles: readonly Uint8Array[]): EncodedPicture {
  return {
    rectangles,
    pixels: areas.reduce((sum, { width, height }) => sum + width * height, 0),
    bytes: rectangles.reduce((sum, { length }) => sum + length, 0),
  };
}

/** Cuts an area into parts of at most so many pixels, none wider than Tight allows. */
function bands({ x, y, width, height }: Area, pixels: number): Area[] {
  const parts: Area[] = [];
  for (let left = 0; left < width; left += MAX_TIGHT_WIDTH) {
    const across = Math.min(MAX_TIGHT_WIDTH, width - left);
    const rows = Math.max(1, Math.floor(pixels / across));
    for (let top = 0; top < height; top += rows)
      parts.push({ x: x + left, y: y + top, width: across, height: Math.min(rows, height - top) });
  }
  return parts;
}

/** One byte a pixel fits a palette; where there are too many colours, four times as many parts are needed. */
function prepare(canvas: Canvas, area: Area): Piece[] {
  const { width, height } = area;
  // A palette that is longer than what it saves is none.
  const most = Math.max(2, Math.min(MAX_PALETTE, Math.floor((width * height) / 4)));
  const indexed = indexColours(canvas, area, most);
  if (indexed === null)
    return bands(area, MAX_RECTANGLE_BYTES / BYTES_PER_PIXEL).map((part) => ({
      head: headOf(part, [RESET]),
      data: truePixels(canvas, part),
    }));
  const { colours, indices } = indexed;
  const [first = 0] = colours;
  if (colours.length === 1) return [{ head: headOf(area, [FILL, ...truePixel(first)]), data: null }];
  const palette = colours.flatMap((colour) => truePixel(colour));
  return [
    {
      head: headOf(area, [EXPLICIT_FILTER | RESET, PALETTE, colours.length - 1, ...palette]),
      data: colours.length === 2 ? packBits(indices, width, height) : indices,
    },
  ];
}

function headOf(area: Area, control: readonly number[]): Uint8Array {
  return join(encodeRectangleHead(area, ENCODING.tight), Uint8Array.from(control));
}

/** The compact length before the data: 7, 7 and 8 bits, the lowest first (rfb.md §4). */
function withLength(data: Uint8Array): Uint8Array {
  const { length } = data;
  const low = length & 0x7f;
  if (length < 0x80) return join(Uint8Array.of(low), data);
  const middle = (length >> 7) & 0x7f;
  if (length < 0x4000) return join(Uint8Array.of(low | 0x80, middle), data);
  return join(Uint8Array.of(low | 0x80, middle | 0x80, length >> 14), data);
}

function rawPixels(canvas: Canvas, { x, y, width, height }: Area): Uint8Array {
  const rowBytes = width * BYTES_PER_PIXEL;
  const out = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const start = ((y + row) * canvas.width + x) * BYTES_PER_PIXEL;
    out.set(canvas.bytes.subarray(start, start + rowBytes), row * rowBytes);
  }
  return out;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
