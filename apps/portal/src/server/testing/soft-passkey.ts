import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { ORIGIN } from './portal-fixture.ts';

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_KEY = 0x40;

interface Deviation {
  origin?: string;
  party?: string;
  isVerified?: boolean;
  /** The count that is signed; without it, one more than the last. */
  count?: number;
  userHandle?: string;
}

/** A passkey in a device of software: signs as WebAuthn says, or as somebody would who means ill. */
export class SoftPasskey {
  readonly id = randomBytes(16);
  #count = 0;
  #userHandle = 'AAAA';
  readonly #key: KeyObject;
  readonly #cose: Buffer;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    // A map of kty EC2, alg ES256, crv P-256, x and y (RFC 9053).
    this.#cose = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
  }

  /** The answer to options for a new passkey. */
  make(options: unknown, deviation: Deviation = {}) {
    this.#userHandle = String(pick(pick(options, 'user'), 'id'));
    const keyLength = Buffer.from([0, this.id.length]);
    const authData = Buffer.concat([
      this.#authData(HAS_KEY, deviation),
      Buffer.alloc(16),
      keyLength,
      this.id,
      this.#cose,
    ]);
    const attestationObject = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
      Buffer.from([authData.length]),
      authData,
    ]);
    return {
      ...this.#common(),
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options, deviation).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** The answer to options that ask for a passkey. */
  show(options: unknown, deviation: Deviation = {}) {
    const authData = this.#authData(0, deviation);
    const clientData = this.#clientData('webauthn.get', options, deviation);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    return {
      ...this.#common(),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, this.#key).toString('base64url'),
        userHandle: deviation.userHandle ?? this.#userHandle,
      },
    };
  }

  #common() {
    const id = this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {} };
  }

  #clientData(type: string, options: unknown, { origin = ORIGIN }: Deviation): Buffer {
    const challenge = pick(options, 'challenge');
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #authData(flags: number, deviation: Deviation): Buffer {
    this.#count = deviation.count ?? this.#count + 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.#count);
    const party = createHash('sha256')
      .update(deviation.party ?? new URL(ORIGIN).hostname)
      .digest();
    const verified = deviation.isVerified === false ? 0 : VERIFIED;
    return Buffer.concat([party, Buffer.from([flags | PRESENT | verified]), count]);
  }
}

function pick(value: unknown, name: string): unknown {
  return Reflect.get(Object(value), name);
}
