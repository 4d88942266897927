import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type CheckTarget, checkTarget } from './check-target.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import { type DialTimeouts, type OpenSocket, openTls, openTlsSocket } from './open-tls.ts';
import { fingerprintOf, MIN_TLS_VERSION, pemOf, type TlsPin } from './tls-pin.ts';

/** What a host shows to a stranger; a person compares the fingerprint and confirms it. */
export interface ProbedCertificate extends TlsPin {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly validFrom: string;
  /** ISO 8601. */
  readonly validTo: string;
  /** The literal that was dialled. */
  readonly ip: string;
  /** As OpenSSL names it: `TLSv1.2`. */
  readonly tlsVersion: string;
}

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly timeouts?: DialTimeouts;
  readonly signal?: AbortSignal;
}

export type ProbeCertificate = (policy: EgressPolicy, target: ProbeTarget) => Promise<ProbedCertificate>;

/**
 * Reads a host's certificate for trust on first use. Sends the TLS handshake and nothing else, then hangs up: nothing of
 * ours is at risk, so any certificate may be shown.
 * @throws EgressError as `connectPinned`, but never egress/certificate-changed
 */
export const probeCertificate: ProbeCertificate = makeProbeCertificate({
  checkTarget,
  openSocket: openTlsSocket,
});

/** The parts given by hand; only tests and gates give others than {@link probeCertificate} has. */
export function makeProbeCertificate(parts: {
  checkTarget: CheckTarget;
  openSocket: OpenSocket;
}): ProbeCertificate {
  return async (policy, { host, port, ...options }) => {
    const target = await parts.checkTarget(policy, host, port);
    const trust = {
      secureContext: strangersContext(),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    };
    const outcome = await openTls(parts.openSocket, { target, port, trust, ...options });
    if (!outcome.ok)
      throw new EgressError('egress/tls-failed', { details: { host, port }, cause: outcome.error });
    const tlsVersion = outcome.socket.getProtocol() ?? '';
    outcome.socket.destroy();
    return describe(outcome.seen.raw, target.ip, tlsVersion);
  };
}

let context: SecureContext | null = null;

/** Made once: it trusts nobody, so there is nothing of one host in it that another could meet. */
function strangersContext(): SecureContext {
  context ??= createSecureContext({ minVersion: MIN_TLS_VERSION, ca: [] });
  return context;
}

function describe(der: Buffer, ip: string, tlsVersion: string): ProbedCertificate {
  const certificate = new X509Certificate(der);
  return {
    fingerprint256: fingerprintOf(der),
    pem: pemOf(der),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    ip,
    tlsVersion,
  };
}

/** OpenSSL writes one attribute a line; a hostile certificate may hold control characters besides. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replace(/\p{Cc}+/gu, ', ').slice(0, 500);
}
