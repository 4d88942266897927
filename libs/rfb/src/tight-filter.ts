import type { Canvas } from './framebuffer.ts';
import type { Area } from './messages-to-seat.ts';

/** Most colours that a palette holds: an index is one byte. */
export const MAX_PALETTE = 256;
const SLOTS = 1_024;
const COLOUR = 0xff_ff_ff;

/** The colours of a part of the picture in the order of their first pixel, and for each pixel which one it is. */
export interface Indexed {
  readonly colours: readonly number[];
  readonly indices: Uint8Array;
}

// One table for all: it is used within one call, and clearing it is cheaper than making it.
const slotColour = new Int32Array(SLOTS);
const slotIndex = new Uint8Array(SLOTS);

/** @returns null where there are more than `most` colours, at most {@link MAX_PALETTE} */
export function indexColours(canvas: Canvas, { x, y, width, height }: Area, most: number): Indexed | null {
  const { pixels, width: stride } = canvas;
  const indices = new Uint8Array(width * height);
  const colours: number[] = [];
  slotColour.fill(-1);
  let at = 0;
  let last = -1;
  let lastIndex = 0;
  for (let row = y; row < y + height; row += 1) {
    const start = row * stride + x;
    for (let position = start; position < start + width; position += 1) {
      const colour = (pixels[position] ?? 0) & COLOUR;
      if (colour !== last) {
        last = colour;
        let slot = (Math.imul(colour, 0x9e_37_79_b1) >>> 22) % SLOTS;
        while (slotColour[slot] !== -1 && slotColour[slot] !== colour) slot = (slot + 1) % SLOTS;
        if (slotColour[slot] === -1) {
          if (colours.length === most) return null;
          slotColour[slot] = colour;
          slotIndex[slot] = colours.length;
          colours.push(colour);
        }
        lastIndex = slotIndex[slot] ?? 0;
      }
      indices[at] = lastIndex;
      at += 1;
    }
  }
  return { colours, indices };
}

/** One bit a pixel, the first in the highest, rows padded to whole bytes (rfb.md §4, filter 1 with two colours). */
export function packBits(indices: Uint8Array, width: number, height: number): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  const packed = new Uint8Array(rowBytes * height);
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    const start = row * rowBytes;
    for (let x = 0; x < width; x += 1) {
      if (indices[at] === 1) packed[start + (x >> 3)] = (packed[start + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
      at += 1;
    }
  }
  return packed;
}

/** Three bytes a pixel: red, green, blue (TPIXEL, rfb.md §4). */
export function truePixels(canvas: Canvas, { x, y, width, height }: Area): Uint8Array {
  const { bytes, width: stride } = canvas;
  const out = new Uint8Array(width * height * 3);
  let at = 0;
  for (let row = y; row < y + height; row += 1) {
    const end = (row * stride + x + width) * 4;
    for (let from = (row * stride + x) * 4; from < end; from += 4) {
      out[at] = bytes[from] ?? 0;
      out[at + 1] = bytes[from + 1] ?? 0;
      out[at + 2] = bytes[from + 2] ?? 0;
      at += 3;
    }
  }
  return out;
}

/** A colour as TPIXEL. */
export function truePixel(colour: number): [number, number, number] {
  return [colour & 0xff, (colour >> 8) & 0xff, (colour >> 16) & 0xff];
}
