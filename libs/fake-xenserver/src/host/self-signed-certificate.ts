import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
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
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  return identityOf(pair.privateKey, forge.pki.certificateToPem(certificate));
}

let madePair: { publicKey: string; privateKey: string } | null = null;

/**
 * One key for all hosts of a process: making one takes as long as everything else that a pool of 16 hosts needs. What tells hosts
 * apart, and what clients pin, is the certificate.
 */
function keyPair(): { publicKey: string; privateKey: string } {
  madePair ??= generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
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
