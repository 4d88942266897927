import { constants, createHash, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { EgressError } from './egress-error.ts';

/** The one certificate that a host may show. */
export interface TlsPin {
  /** SHA-256 over the DER form, upper case with colons: `AA:BB:…`. */
  readonly fingerprint256: string;
  readonly pem: string;
}

/** TLS floor (security.md §5): XenServer 7.0 and newer. */
export const MIN_TLS_VERSION = 'TLSv1.2';
/** Contexts kept at once; one more drops the one that was unused longest. */
export const MAX_CACHED_CONTEXTS = 512;

/** What a pin tells about itself before any connection. */
export interface ParsedPin {
  readonly fingerprint256: string;
  readonly context: SecureContext;
  readonly notBefore: number;
  readonly notAfter: number;
}

// A memo of a pure function: a context depends on the PEM alone and is never changed. One per pin instead of one per
// session saves 19 % of the CPU of an open and 17 KiB (performance.md rule 8).
const parsedPins = new Map<string, ParsedPin>();

/**
 * The parsed pin with its TLS context.
 * @throws EgressError egress/bad-policy if the PEM is no certificate or is not the one of the fingerprint
 */
export function parsePin(pin: TlsPin): ParsedPin {
  const known = parsedPins.get(pin.pem);
  if (known !== undefined && known.fingerprint256 === pin.fingerprint256) {
    parsedPins.delete(pin.pem);
    parsedPins.set(pin.pem, known);
    return known;
  }
  const parsed = readPin(pin);
  parsedPins.set(pin.pem, parsed);
  const [oldest] = parsedPins.keys();
  if (parsedPins.size > MAX_CACHED_CONTEXTS && oldest !== undefined) parsedPins.delete(oldest);
  return parsed;
}

/** How many contexts are kept now. */
export function cachedContexts(): number {
  return parsedPins.size;
}

/** SHA-256 of a DER certificate in the form of {@link TlsPin.fingerprint256}. */
export function fingerprintOf(der: Uint8Array): string {
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return hex.replace(/..(?=.)/g, '$&:');
}

/** A DER certificate in PEM form. */
export function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

function readPin(pin: TlsPin): ParsedPin {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pin.pem);
  } catch (cause) {
    throw new EgressError('egress/bad-policy', { details: { reason: 'pin-not-readable' }, cause });
  }
  if (certificate.fingerprint256 !== pin.fingerprint256) {
    throw new EgressError('egress/bad-policy', {
      details: {
        reason: 'pin-not-its-fingerprint',
        pinned: pin.fingerprint256,
        pem: certificate.fingerprint256,
      },
    });
  }
  return {
    fingerprint256: pin.fingerprint256,
    // allowPartialTrustChain: a pinned leaf of a CA is a trust anchor of its own (architecture §6).
    context: createSecureContext({
      ca: [pin.pem],
      minVersion: MIN_TLS_VERSION,
      allowPartialTrustChain: true,
      // A renegotiation could bring another certificate after the pin was compared.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    }),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}
