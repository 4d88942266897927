import { constants, generateKeyPairSync, privateEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import forge from 'node-forge';

export interface HostIdentity {
  keyPem: string;
  certPem: string;
  /** SHA-256 of the certificate, `AA:BB:…`. */
  fingerprint256: string;
}

const KEY_BITS = 2048;
const VALID_YEARS = 10;

/**
 * xenapi.md §1.1: self-signed, RSA 2048, CN = host name, subjectAltName with DNS names and IPs, ten years.
 * @param hostname the common name and DNS name
 * @param address the IP address of the host
 */
export function createIdentity(hostname: string, address: string): HostIdentity {
  const pair = keyPair();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // X.690 §8.3.2: a positive number without superfluous zero bytes in front, or no reader takes it.
  certificate.serialNumber = `5a${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - 24 * 3600 * 1000);
  certificate.validity.notAfter = new Date();
  certificate.validity.notAfter.setFullYear(certificate.validity.notAfter.getFullYear() + VALID_YEARS);
  const subject = [{ name: 'commonName', value: hostname }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: hostname },
        { type: 7, ip: address },
      ],
    },
  ]);
  certificate.sign(pair.signer, forge.md.sha256.create());
  return identityOf(pair.privateKey, forge.pki.certificateToPem(certificate));
}

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
  /** Signs with the platform's own arithmetic, which is much faster than forge's. */
  readonly signer: forge.pki.rsa.PrivateKey;
}

let madePair: KeyPair | null = null;
/** RFC 8017 §9.2, note 1: what stands before a SHA-256 digest in a signature. */
const DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/**
 * One key for all hosts of a process: making one takes as long as everything else that a pool of 16 hosts needs. What tells hosts
 * apart, and what clients pin, is the certificate.
 */
function keyPair(): KeyPair {
  if (madePair !== null) return madePair;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const signer = Object.assign(forge.pki.privateKeyFromPem(privateKey), {
    sign: (digest: forge.md.MessageDigest) => {
      const bytes = Buffer.from(digest.digest().getBytes(), 'latin1');
      const key = { key: privateKey, padding: constants.RSA_PKCS1_PADDING };
      return privateEncrypt(key, Buffer.concat([DIGEST_INFO, bytes])).toString('latin1');
    },
  });
  madePair = { publicKey, privateKey, signer };
  return madePair;
}

/** The identity kept in the folder under the host's name, made there at first use. */
export function loadIdentity(directory: string, hostname: string, address: string): HostIdentity {
  const files = filesOf(directory, hostname);
  if (existsSync(files.key) && existsSync(files.cert)) {
    return identityOf(readFileSync(files.key, 'utf8'), readFileSync(files.cert, 'utf8'));
  }
  const identity = createIdentity(hostname, address);
  saveIdentity(directory, hostname, identity);
  return identity;
}

export function saveIdentity(directory: string, hostname: string, identity: HostIdentity): void {
  const files = filesOf(directory, hostname);
  mkdirSync(directory, { recursive: true });
  writeFileSync(files.key, identity.keyPem, { mode: 0o600 });
  writeFileSync(files.cert, identity.certPem);
}

function identityOf(keyPem: string, certPem: string): HostIdentity {
  return { keyPem, certPem, fingerprint256: new X509Certificate(certPem).fingerprint256 };
}

function filesOf(directory: string, hostname: string): { key: string; cert: string } {
  return {
    key: path.join(directory, `${hostname}.key.pem`),
    cert: path.join(directory, `${hostname}.cert.pem`),
  };
}
