import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { PasskeyNoMatchError } from './auth-error.ts';
import { CHALLENGE_LIFE_MS } from './passkey-challenge.ts';

export type PasskeyToAdd = RegistrationResponseJSON;
export type PasskeyShown = AuthenticationResponseJSON;
export type AddOptions = PublicKeyCredentialCreationOptionsJSON;
export type ShowOptions = PublicKeyCredentialRequestOptionsJSON;

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

/** A passkey as its row knows it. */
interface KnownKey {
  credentialId: Uint8Array;
  transports: string[];
}

/** What a device tells of a fresh passkey. */
export interface FreshKey {
  credentialId: Uint8Array<ArrayBuffer>;
  publicKey: Uint8Array<ArrayBuffer>;
  signCount: bigint;
  transports: string[];
  isSynced: boolean;
}

/** A browser takes passkeys for a name, whatever the port. */
const partyOf = (origin: string) => new URL(origin).hostname;

/** The same person to every device, and nothing about who it is. */
export function userHandleOf(personId: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(personId.replaceAll('-', ''), 'hex'));
}

/** What a device is asked for to make a passkey that is found by itself and that asks for finger, face or PIN. */
export function optionsToAdd(
  origin: string,
  person: { id: string; email: string; name: string },
  known: readonly KnownKey[],
): Promise<AddOptions> {
  return generateRegistrationOptions({
    rpName: 'Porthole',
    rpID: partyOf(origin),
    userID: userHandleOf(person.id),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known.map(toDescriptor),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    timeout: CHALLENGE_LIFE_MS,
  });
}

/** @param known those that will do; none named: whichever the device has for this place */
export function optionsToShow(origin: string, known: readonly KnownKey[]): Promise<ShowOptions> {
  return generateAuthenticationOptions({
    rpID: partyOf(origin),
    allowCredentials: known.map(toDescriptor),
    userVerification: 'required',
    timeout: CHALLENGE_LIFE_MS,
  });
}

/** @throws PasskeyNoMatchError `auth/passkey-no-match` */
export async function readAdded(
  origin: string,
  challenge: string,
  response: PasskeyToAdd,
): Promise<FreshKey> {
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: partyOf(origin),
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw new PasskeyNoMatchError({ reason: 'signature' }, cause);
  });
  if (!verified) throw new PasskeyNoMatchError({ reason: 'signature' });
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    credentialId: Uint8Array.from(Buffer.from(credential.id, 'base64url')),
    publicKey: Uint8Array.from(credential.publicKey),
    signCount: BigInt(credential.counter),
    transports: TRANSPORTS.filter((known) => credential.transports?.includes(known)),
    isSynced: credentialBackedUp,
  };
}

/**
 * Checks what a device signed; whether its count grew is for the database to say, in one conditional UPDATE.
 *
 * @throws PasskeyNoMatchError `auth/passkey-no-match`
 */
export async function readShown(
  origin: string,
  challenge: string,
  response: PasskeyShown,
  key: { credentialId: Uint8Array; publicKey: Uint8Array },
): Promise<{ signCount: bigint; isSynced: boolean }> {
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: partyOf(origin),
    requireUserVerification: true,
    credential: {
      id: toBase64Url(key.credentialId),
      publicKey: Uint8Array.from(key.publicKey),
      counter: 0,
    },
  }).catch((cause: unknown) => {
    throw new PasskeyNoMatchError({ reason: 'signature' }, cause);
  });
  if (!verified) throw new PasskeyNoMatchError({ reason: 'signature' });
  return {
    signCount: BigInt(authenticationInfo.newCounter),
    isSynced: authenticationInfo.credentialBackedUp,
  };
}

function toDescriptor({ credentialId, transports }: KnownKey) {
  return {
    id: toBase64Url(credentialId),
    transports: TRANSPORTS.filter((known) => transports.includes(known)),
  };
}

export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
