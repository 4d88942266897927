/** How a pixel is laid out (rfb.md §1). */
export interface PixelFormat {
  readonly bitsPerPixel: number;
  readonly depth: number;
  readonly bigEndian: boolean;
  readonly trueColour: boolean;
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

export const PIXEL_FORMAT_BYTES = 16;
/** Bytes per pixel of {@link HUB_PIXEL_FORMAT}. */
export const BYTES_PER_PIXEL = 4;

/** The one format between host, hub and seats, which noVNC asks for, too (architecture §2). */
export const HUB_PIXEL_FORMAT: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  trueColour: true,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 0,
  greenShift: 8,
  blueShift: 16,
};

export function writePixelFormat(view: DataView, at: number, format: PixelFormat): void {
  view.setUint8(at, format.bitsPerPixel);
  view.setUint8(at + 1, format.depth);
  view.setUint8(at + 2, format.bigEndian ? 1 : 0);
  view.setUint8(at + 3, format.trueColour ? 1 : 0);
  view.setUint16(at + 4, format.redMax);
  view.setUint16(at + 6, format.greenMax);
  view.setUint16(at + 8, format.blueMax);
  view.setUint8(at + 10, format.redShift);
  view.setUint8(at + 11, format.greenShift);
  view.setUint8(at + 12, format.blueShift);
}

export function readPixelFormat(view: DataView, at: number): PixelFormat {
  return {
    bitsPerPixel: view.getUint8(at),
    depth: view.getUint8(at + 1),
    bigEndian: view.getUint8(at + 2) !== 0,
    trueColour: view.getUint8(at + 3) !== 0,
    redMax: view.getUint16(at + 4),
    greenMax: view.getUint16(at + 6),
    blueMax: view.getUint16(at + 8),
    redShift: view.getUint8(at + 10),
    greenShift: view.getUint8(at + 11),
    blueShift: view.getUint8(at + 12),
  };
}

/** True if a seat asks for exactly what the hub gives. */
export function isHubPixelFormat(format: PixelFormat): boolean {
  return (
    format.bitsPerPixel === HUB_PIXEL_FORMAT.bitsPerPixel &&
    format.depth === HUB_PIXEL_FORMAT.depth &&
    !format.bigEndian &&
    format.trueColour &&
    format.redMax === HUB_PIXEL_FORMAT.redMax &&
    format.greenMax === HUB_PIXEL_FORMAT.greenMax &&
    format.blueMax === HUB_PIXEL_FORMAT.blueMax &&
    format.redShift === HUB_PIXEL_FORMAT.redShift &&
    format.greenShift === HUB_PIXEL_FORMAT.greenShift &&
    format.blueShift === HUB_PIXEL_FORMAT.blueShift
  );
}
