import { encodingName } from './encodings.ts';
import { HUB_PIXEL_FORMAT, type PixelFormat, writePixelFormat } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';
import { type Screen, screensBytes, writeScreens } from './screen.ts';

// What the hub says to a host (RFC 6143 §7.5 and rfb.md §2).

/** Sent once, before the first request: a later change would leave rectangles in flight in the old format. */
export function encodeSetPixelFormat(format: PixelFormat = HUB_PIXEL_FORMAT): Uint8Array {
  const { bytes, view } = message(0, 20);
  writePixelFormat(view, 4, format);
  return bytes;
}

/**
 * @param encodings in order of preference
 * @throws RfbError rfb/encoding-not-allowed for anything beyond the closed list of architecture §2
 */
export function encodeSetEncodings(encodings: readonly number[]): Uint8Array {
  const { bytes, view } = message(2, 4 + 4 * encodings.length);
  view.setUint16(2, encodings.length);
  for (const [index, encoding] of encodings.entries()) {
    if (encodingName(encoding) === null) throw new RfbError('rfb/encoding-not-allowed', { encoding });
    view.setInt32(4 + 4 * index, encoding);
  }
  return bytes;
}

export function encodeUpdateRequest(request: {
  readonly incremental: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}): Uint8Array {
  const { bytes, view } = message(3, 10);
  view.setUint8(1, request.incremental ? 1 : 0);
  view.setUint16(2, request.x);
  view.setUint16(4, request.y);
  view.setUint16(6, request.width);
  view.setUint16(8, request.height);
  return bytes;
}

export function encodeKeyEvent(event: { readonly down: boolean; readonly keysym: number }): Uint8Array {
  const { bytes, view } = message(4, 8);
  view.setUint8(1, event.down ? 1 : 0);
  view.setUint32(4, event.keysym);
  return bytes;
}

/** @param event.buttons bits 0 to 6: left, middle, right, wheel up, down, left, right */
export function encodePointerEvent(event: {
  readonly buttons: number;
  readonly x: number;
  readonly y: number;
}): Uint8Array {
  const { bytes, view } = message(5, 6);
  view.setUint8(1, event.buttons);
  view.setUint16(2, event.x);
  view.setUint16(4, event.y);
  return bytes;
}

/** @param text Latin-1, lines ended by LF */
export function encodeClientCutText(text: Uint8Array): Uint8Array {
  const { bytes, view } = message(6, 8 + text.length);
  view.setUint32(4, text.length);
  bytes.set(text, 8);
  return bytes;
}

/** Only after the host's -258 rectangle. @param event.keycode XT set 1, `e0` codes with the high bit (rfb.md §2) */
export function encodeQemuKey(event: {
  readonly down: boolean;
  readonly keysym: number;
  readonly keycode: number;
}): Uint8Array {
  const { bytes, view } = message(255, 12);
  view.setUint16(2, event.down ? 1 : 0);
  view.setUint32(4, event.keysym);
  view.setUint32(8, event.keycode);
  return bytes;
}

/** Only after the host's -308 rectangle. */
export function encodeSetDesktopSize(size: {
  readonly width: number;
  readonly height: number;
  readonly screens: readonly Screen[];
}): Uint8Array {
  const { bytes, view } = message(251, 8 + screensBytes(size.screens));
  view.setUint16(2, size.width);
  view.setUint16(4, size.height);
  view.setUint8(6, size.screens.length);
  writeScreens(view, 8, size.screens);
  return bytes;
}

function message(type: number, length: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length);
  bytes[0] = type;
  return { bytes, view: new DataView(bytes.buffer) };
}
