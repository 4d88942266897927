import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate with its key, for the TLS servers of tests and gates. */
export interface TestCertificate {
  readonly commonName: string;
  readonly cert: string;
  readonly key: string;
  readonly fingerprint256: string;
}

const DAY_MS = 86_400_000;
/** [3] { SEQUENCE { SEQUENCE { basicConstraints, critical, { cA TRUE } } } } (RFC 5280 §4.2.1.9). */
const BASIC_CONSTRAINTS_CA = Buffer.from('a3133011300f0603551d130101ff040530030101ff', 'hex');

/** [3] { SEQUENCE { SEQUENCE { subjectAltName, SEQUENCE { [7] 127.0.0.1 } } } } (RFC 5280 §4.2.1.6). */
const FOR_LOOPBACK = Buffer.from('a3133011300f0603551d110408300687047f000001', 'hex');

/**
 * A certificate on a fresh P-256 key, signed by itself or by the one given, written as DER by hand (RFC 5280 §4.1), since Node can read
 * certificates but not make them.
 */
export function makeTestCertificate(
  init: {
    commonName?: string;
    notBefore?: Date;
    notAfter?: Date;
    issuer?: TestCertificate;
    /** May sign others. */
    isAuthority?: boolean;
    /** Is of 127.0.0.1. */
    isOfLoopback?: boolean;
  } = {},
): TestCertificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const now = Date.now();
  const commonName = init.commonName ?? 'test.invalid';
  const issuer = init.issuer;
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const validity = sequence(
    time(init.notBefore ?? new Date(now - DAY_MS)),
    time(init.notAfter ?? new Date(now + DAY_MS)),
  );
  const serial = tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' });
  const names = { subject: nameOf(commonName), issuer: nameOf(issuer?.commonName ?? commonName) };
  const extensions = [
    ...(init.isAuthority === true ? [BASIC_CONSTRAINTS_CA] : []),
    ...(init.isOfLoopback === true ? [FOR_LOOPBACK] : []),
  ];
  const body = sequence(
    ...[version, serial, algorithm, names.issuer, validity, names.subject, publicKey],
    ...extensions,
  );
  const signingKey = issuer === undefined ? keys.privateKey : createPrivateKey(issuer.key);
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signingKey)]));
  const der = sequence(body, algorithm, signature);
  return {
    commonName,
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint256: createHash('sha256')
      .update(der)
      .digest('hex')
      .toUpperCase()
      .replace(/..(?=.)/g, '$&:'),
  };
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(oid('550403'), tlv(0x0c, Buffer.from(commonName)))));
}

function tlv(tag: number, content: Buffer): Buffer {
  const length = content.length;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function set(content: Buffer): Buffer {
  return tlv(0x31, content);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** GeneralizedTime, which OpenSSL reads for any year. */
function time(date: Date): Buffer {
  return tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}
