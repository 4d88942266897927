import { PALETTE } from './text-screen.ts';

/** rfb.md §1: the sixteen bytes that say how a pixel is written. */
export interface PixelFormat {
  bitsPerPixel: number;
  depth: number;
  bigEndian: boolean;
  trueColour: boolean;
  max: readonly [number, number, number];
  shift: readonly [number, number, number];
}

export const NATIVE_FORMAT: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  trueColour: true,
  max: [255, 255, 255],
  shift: [16, 8, 0],
};

export function encodePixelFormat(format: PixelFormat): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt8(format.bitsPerPixel, 0);
  bytes.writeUInt8(format.depth, 1);
  bytes.writeUInt8(format.bigEndian ? 1 : 0, 2);
  bytes.writeUInt8(format.trueColour ? 1 : 0, 3);
  format.max.forEach((max, at) => {
    bytes.writeUInt16BE(max, 4 + at * 2);
  });
  format.shift.forEach((shift, at) => {
    bytes.writeUInt8(shift, 10 + at);
  });
  return bytes;
}

/** @returns the format, or null for one that this server does not draw: colour maps and odd sizes */
export function parsePixelFormat(bytes: Buffer): PixelFormat | null {
  const bitsPerPixel = bytes.readUInt8(0);
  const trueColour = bytes.readUInt8(3) !== 0;
  if (!trueColour || ![8, 16, 32].includes(bitsPerPixel)) return null;
  return {
    bitsPerPixel,
    depth: bytes.readUInt8(1),
    bigEndian: bytes.readUInt8(2) !== 0,
    trueColour,
    max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift: [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)],
  };
}

/** The bytes of each palette colour in a client's format. */
export function paletteBytes(format: PixelFormat): Buffer[] {
  const size = format.bitsPerPixel / 8;
  return PALETTE.map((rgb) => {
    const parts = [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255];
    let value = 0;
    parts.forEach((part, at) => {
      const max = format.max[at] ?? 0;
      value += Math.round((part * max) / 255) * 2 ** (format.shift[at] ?? 0);
    });
    const bytes = Buffer.alloc(size);
    const bounded = value % 2 ** format.bitsPerPixel;
    if (format.bigEndian) bytes.writeUIntBE(bounded, 0, size);
    else bytes.writeUIntLE(bounded, 0, size);
    return bytes;
  });
}
