import type { OnReadOpts } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type CheckTarget, checkTarget } from './check-target.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { type DialTimeouts, type OpenSocket, openTls, openTlsSocket, type TlsTrust } from './open-tls.ts';
import { parsePin, type TlsPin } from './tls-pin.ts';

export interface PinnedTarget {
  readonly host: string;
  readonly port: number;
  readonly pin: TlsPin;
  readonly timeouts?: DialTimeouts;
  /** Reads into buffers of the caller (performance.md rule 3). */
  readonly onread?: OnReadOpts;
  readonly signal?: AbortSignal;
}

/** A connection whose peer has shown the pinned certificate; nothing was written to it yet. */
export type PinnedSocket = TLSSocket & {
  /** True if the pinned certificate is outside of its time: accepted, and the operator is to be told. */
  readonly expired: boolean;
};

export type ConnectPinned = (policy: EgressPolicy, target: PinnedTarget) => Promise<PinnedSocket>;

/** How trust in a peer is decided for one pin. */
export type TrustFor = (pin: TlsPin) => TlsTrust & { readonly expired: boolean };

/**
 * The only way to a host with a secret in hand: checks the address, dials the checked literal, and gives the socket back
 * only after the peer has shown the pinned certificate (security.md §4, §5). Sessions are never resumed, since that
 * would skip the comparison. The socket has no reader yet, so no byte of the peer is lost.
 * @throws EgressError egress/certificate-changed with `details.seen` and `details.pinned`, egress/address-not-allowed,
 *   egress/bad-address, egress/name-not-found, egress/refused, egress/unreachable, egress/timeout, egress/tls-failed,
 *   egress/tls-too-old, egress/aborted, egress/bad-policy
 */
export const connectPinned: ConnectPinned = makeConnectPinned({
  checkTarget,
  trustFor,
  openSocket: openTlsSocket,
});

/** The parts given by hand; only tests and gates give others than {@link connectPinned} has. */
export function makeConnectPinned(parts: {
  checkTarget: CheckTarget;
  trustFor: TrustFor;
  openSocket: OpenSocket;
}): ConnectPinned {
  return async (policy, { host, port, pin, ...options }) => {
    const trust = parts.trustFor(pin);
    const target = await parts.checkTarget(policy, host, port);
    const { expired, ...tls } = trust;
    const verdict = (socket: TLSSocket, seen: PeerCertificate) => expiredPinError(socket, seen, tls);
    const extra = expired ? { verdict } : {};
    const outcome = await openTls(parts.openSocket, { target, port, trust: tls, ...options, ...extra });
    if (!outcome.ok) throw untrusted(outcome.error, outcome.seen, pin, { host, ip: target.ip, port });
    return Object.assign(outcome.socket, { expired });
  };
}

/** Trust in exactly the pinned certificate. */
export function trustFor(pin: TlsPin): TlsTrust & { readonly expired: boolean } {
  const parsed = parsePin(pin);
  const now = Date.now();
  const expired = now < parsed.notBefore || now > parsed.notAfter;
  return {
    secureContext: parsed.context,
    // OpenSSL refuses an expired anchor before Node asks checkServerIdentity. For that case alone the verdict is taken
    // by expiredPinError, before a byte of the peer is read (architecture §6).
    rejectUnauthorized: !expired,
    checkServerIdentity: (_host, certificate) => identityError(certificate, pin),
    expired,
  };
}

function identityError(certificate: PeerCertificate, pin: TlsPin): Error | undefined {
  return certificate.fingerprint256 === pin.fingerprint256
    ? undefined
    : new Error('not the pinned certificate');
}

/** The verdict that Node does not take: nothing but its time may be wrong with the pinned certificate. */
function expiredPinError(socket: TLSSocket, seen: PeerCertificate, trust: TlsTrust): Error | undefined {
  const reason = String(socket.authorizationError ?? '');
  const isOnlyTime = ['', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'].includes(reason);
  return trust.checkServerIdentity('', seen) ?? (isOnlyTime ? undefined : new Error(reason));
}

function untrusted(
  cause: NodeJS.ErrnoException,
  seen: PeerCertificate,
  pin: TlsPin,
  where: Record<string, unknown>,
): EgressError {
  const details = { ...where, seen: seen.fingerprint256, pinned: pin.fingerprint256 };
  return seen.fingerprint256 === pin.fingerprint256
    ? new EgressError('egress/tls-failed', {
        details: { ...details, reason: cause.code ?? cause.message },
        cause,
      })
    : new EgressError('egress/certificate-changed', { details, cause });
}
