import { assertDesktopSize, MAX_NAME_BYTES } from './limits.ts';
import { PIXEL_FORMAT_BYTES, type PixelFormat, readPixelFormat } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';
import { decodeText } from './text.ts';
import { encodeVersion, parseVersion, type RfbVersion, VERSION_BYTES } from './version.ts';
import { send, take, type Wire } from './wire.ts';

/** What a host told about itself. */
export interface HostGreeting {
  readonly version: RfbVersion;
  readonly width: number;
  readonly height: number;
  /** The host's own format; the hub sets its own before the first request. */
  readonly pixelFormat: PixelFormat;
  /** Untrusted text. */
  readonly name: string;
}

const SECURITY_NONE = 1;
/** QEMU throws every other viewer out for a client that is not shared (xenapi.md §0.10). */
const SHARED = 1;
const SERVER_INIT_BYTES = 2 + 2 + PIXEL_FORMAT_BYTES + 4;

/**
 * The hub's half as RFB client of a host (RFC 6143 §7.1 to §7.3.2): mirrors the host's version, takes security None
 * alone, asks to share.
 * @throws RfbError rfb/bad-version, rfb/bad-security-type, rfb/refused-by-server, rfb/security-failed,
 *   rfb/desktop-too-large, rfb/name-too-long
 */
export function* clientHandshake(): Wire<HostGreeting> {
  const version = parseVersion(yield* take(VERSION_BYTES));
  yield* send(encodeVersion(version));
  if (version === '3.3') yield* acceptSecurity();
  else yield* chooseSecurity();
  // RFC 6143 §7.1.3 and appendix A: before 3.8 there is no result after None.
  if (version === '3.8') yield* securityResult();
  yield* send(Uint8Array.of(SHARED));
  return { version, ...(yield* serverInit()) };
}

/** 3.3: the server decides, with a u32 (rfb.md §7.1). */
function* acceptSecurity(): Wire<void> {
  const type = view(yield* take(4)).getUint32(0);
  if (type === 0) throw new RfbError('rfb/refused-by-server', { reason: yield* reason() });
  if (type !== SECURITY_NONE) throw new RfbError('rfb/bad-security-type', { offered: [type] });
}

/** 3.7 and 3.8: the server offers a list of u8. */
function* chooseSecurity(): Wire<void> {
  const [count = 0] = yield* take(1);
  if (count === 0) throw new RfbError('rfb/refused-by-server', { reason: yield* reason() });
  const offered = yield* take(count);
  if (!offered.includes(SECURITY_NONE))
    throw new RfbError('rfb/bad-security-type', { offered: [...offered] });
  yield* send(Uint8Array.of(SECURITY_NONE));
}

function* securityResult(): Wire<void> {
  const result = view(yield* take(4)).getUint32(0);
  if (result !== 0) throw new RfbError('rfb/security-failed', { result, reason: yield* reason() });
}

function* reason(): Wire<string> {
  const length = view(yield* take(4)).getUint32(0);
  // The refusal itself is what matters: a longer reason is cut, not waited for.
  return decodeText(yield* take(Math.min(length, MAX_NAME_BYTES)));
}

function* serverInit(): Wire<Omit<HostGreeting, 'version'>> {
  const head = view(yield* take(SERVER_INIT_BYTES));
  const [width, height] = [head.getUint16(0), head.getUint16(2)];
  assertDesktopSize(width, height);
  const length = head.getUint32(4 + PIXEL_FORMAT_BYTES);
  if (length > MAX_NAME_BYTES) throw new RfbError('rfb/name-too-long', { length });
  const name = decodeText(yield* take(length));
  return { width, height, pixelFormat: readPixelFormat(head, 4), name };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
