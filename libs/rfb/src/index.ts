export { clientHandshake, type HostGreeting } from './client-handshake.ts';
export type { ClientMessage, ClientMessageType } from './client-message.ts';
export { ClientMessageParser, type ClientMessageParserOptions } from './client-message-parser.ts';
export { Damage } from './damage.ts';
export {
  type Deflate,
  type EncodedPicture,
  encodeRaw,
  encodeTight,
  MAX_RECTANGLE_BYTES,
} from './encode-picture.ts';
export { ENCODING, type EncodingName, encodingName, isPicture } from './encodings.ts';
export { Framebuffer } from './framebuffer.ts';
export {
  assertDesktopSize,
  MAX_CUT_TEXT_BYTES,
  MAX_DESKTOP_PIXELS,
  MAX_DESKTOP_SIDE,
  MAX_ENCODINGS,
  MAX_NAME_BYTES,
} from './limits.ts';
export {
  encodeClientCutText,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
  encodeSetDesktopSize,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
} from './messages-to-host.ts';
export {
  type Area,
  encodeBell,
  encodeDesktopName,
  encodeDesktopSize,
  encodeExtendedDesktopSize,
  encodeLedState,
  encodeQemuKeyAcknowledgement,
  encodeRawUpdate,
  encodeRectangleHead,
  encodeServerCutText,
  encodeServerInit,
  encodeSingleUpdate,
  encodeUpdateHead,
} from './messages-to-seat.ts';
export { BYTES_PER_PIXEL, HUB_PIXEL_FORMAT, isHubPixelFormat, type PixelFormat } from './pixel-format.ts';
export { type RfbCode, RfbError } from './rfb-error.ts';
export type { Screen } from './screen.ts';
export { type SeatGreeting, serverHandshake } from './server-handshake.ts';
export { ServerStreamWalker } from './server-stream-walker.ts';
export { decodeLatin1, decodeText, encodeLatin1, encodeUtf8 } from './text.ts';
export { encodeVersion, parseVersion, type RfbVersion } from './version.ts';
export type { PaintedSum, ServerMessageName, UpdateSummary, WalkerEvent } from './walker-event.ts';
export { send, take, type Want, type Wire, type WireProgress, WireRunner } from './wire.ts';
