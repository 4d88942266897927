import { ENCODING } from './encodings.ts';
import { HUB_PIXEL_FORMAT, PIXEL_FORMAT_BYTES, writePixelFormat } from './pixel-format.ts';
import type { Screen } from './screen.ts';
import { screensBytes, writeScreens } from './screen.ts';
import { encodeUtf8 } from './text.ts';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const UPDATE_HEAD_BYTES = 4;
const RECTANGLE_HEAD_BYTES = 12;

/** ServerInit with the hub's pixel format (RFC 6143 §7.3.2). */
export function encodeServerInit(init: { width: number; height: number; name: string }): Uint8Array {
  const name = encodeUtf8(init.name);
  const { bytes, view } = message(4 + PIXEL_FORMAT_BYTES + 4 + name.length);
  view.setUint16(0, init.width);
  view.setUint16(2, init.height);
  writePixelFormat(view, 4, HUB_PIXEL_FORMAT);
  view.setUint32(4 + PIXEL_FORMAT_BYTES, name.length);
  bytes.set(name, 4 + PIXEL_FORMAT_BYTES + 4);
  return bytes;
}

/** Head of a FramebufferUpdate with `count` rectangles behind it. */
export function encodeUpdateHead(count: number): Uint8Array {
  const { bytes, view } = message(UPDATE_HEAD_BYTES);
  view.setUint16(2, count);
  return bytes;
}

export function encodeRectangleHead(area: Area, encoding: number): Uint8Array {
  const { bytes, view } = message(RECTANGLE_HEAD_BYTES);
  writeRectangleHead(view, 0, area, encoding);
  return bytes;
}

/** An update of one rectangle. */
export function encodeSingleUpdate(area: Area, encoding: number, body: Uint8Array): Uint8Array {
  const { bytes, view } = message(UPDATE_HEAD_BYTES + RECTANGLE_HEAD_BYTES + body.length);
  view.setUint16(2, 1);
  writeRectangleHead(view, UPDATE_HEAD_BYTES, area, encoding);
  bytes.set(body, UPDATE_HEAD_BYTES + RECTANGLE_HEAD_BYTES);
  return bytes;
}

/** @param pixels in the hub's format, row by row, `width * height * 4` bytes */
export function encodeRawUpdate(area: Area, pixels: Uint8Array): Uint8Array {
  return encodeSingleUpdate(area, ENCODING.raw, pixels);
}

export function encodeDesktopSize(width: number, height: number): Uint8Array {
  return encodeSingleUpdate({ x: 0, y: 0, width, height }, ENCODING.desktopSize, new Uint8Array(0));
}

/** @param reason 0 server, 1 this client, 2 other client; @param status 0 ok (rfb.md §4.1) */
export function encodeExtendedDesktopSize(
  size: { width: number; height: number },
  screens: readonly Screen[],
  reason = 0,
  status = 0,
): Uint8Array {
  const { bytes, view } = message(4 + screensBytes(screens));
  view.setUint8(0, screens.length);
  writeScreens(view, 4, screens);
  return encodeSingleUpdate({ x: reason, y: status, ...size }, ENCODING.extendedDesktopSize, bytes);
}

/** Tells the seat that QEMU key events are understood. */
export function encodeQemuKeyAcknowledgement(): Uint8Array {
  return encodeSingleUpdate({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.qemuKey, new Uint8Array(0));
}

/** @param state bit 0 scroll, 1 num, 2 caps */
export function encodeLedState(state: number): Uint8Array {
  return encodeSingleUpdate({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.qemuLed, Uint8Array.of(state));
}

export function encodeDesktopName(name: string): Uint8Array {
  const text = encodeUtf8(name);
  const { bytes, view } = message(4 + text.length);
  view.setUint32(0, text.length);
  bytes.set(text, 4);
  return encodeSingleUpdate({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.desktopName, bytes);
}

export function encodeBell(): Uint8Array {
  return Uint8Array.of(2);
}

/** @param text Latin-1, lines ended by LF */
export function encodeServerCutText(text: Uint8Array): Uint8Array {
  const { bytes, view } = message(8 + text.length);
  bytes[0] = 3;
  view.setUint32(4, text.length);
  bytes.set(text, 8);
  return bytes;
}

function writeRectangleHead(view: DataView, at: number, area: Area, encoding: number): void {
  view.setUint16(at, area.x);
  view.setUint16(at + 2, area.y);
  view.setUint16(at + 4, area.width);
  view.setUint16(at + 6, area.height);
  view.setInt32(at + 8, encoding);
}

function message(length: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}
