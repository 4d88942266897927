import { encodeServerInit } from './messages-to-seat.ts';
import { RfbError } from './rfb-error.ts';
import { encodeVersion, parseVersion, type RfbVersion, VERSION_BYTES } from './version.ts';
import { send, take, type Wire } from './wire.ts';

export interface SeatGreeting {
  /** What the seat speaks: the offered version or an older one. */
  readonly version: RfbVersion;
  /** Of no effect: the hub always shares. */
  readonly shared: boolean;
}

const SECURITY_NONE = 1;
const ORDER: readonly RfbVersion[] = ['3.3', '3.7', '3.8'];

/**
 * The hub's half as RFB server of a seat (RFC 6143 §7.1 to §7.3.2). Access was decided before, by the ticket: security is
 * None. Runs to its end before any other byte may go to the seat.
 * @param init.version the host's mirrored version, or 3.8
 * @throws RfbError rfb/bad-version, rfb/bad-security-type
 */
export function* serverHandshake(init: {
  readonly version: RfbVersion;
  readonly width: number;
  readonly height: number;
  readonly name: string;
}): Wire<SeatGreeting> {
  yield* send(encodeVersion(init.version));
  const version = parseVersion(yield* take(VERSION_BYTES));
  if (ORDER.indexOf(version) > ORDER.indexOf(init.version)) {
    throw new RfbError('rfb/bad-version', { offered: init.version, answered: version });
  }
  if (version === '3.3') yield* send(Uint8Array.of(0, 0, 0, SECURITY_NONE));
  else yield* offerNone();
  if (version === '3.8') yield* send(Uint8Array.of(0, 0, 0, 0));
  const [shared = 0] = yield* take(1);
  yield* send(encodeServerInit(init));
  return { version, shared: shared !== 0 };
}

function* offerNone(): Wire<void> {
  yield* send(Uint8Array.of(1, SECURITY_NONE));
  const [chosen = 0] = yield* take(1);
  if (chosen !== SECURITY_NONE) throw new RfbError('rfb/bad-security-type', { chosen });
}
