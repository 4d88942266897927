import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser';

/** What came of asking the device. */
export type FromDevice<T> =
  | { kind: 'ok'; response: T }
  /** Its window was closed, or it has none for this place. */
  | { kind: 'none' }
  /** It has one for this person already. */
  | { kind: 'there' }
  /** This browser, or this address, has no passkeys at all. */
  | { kind: 'unsupported' };

/** Whether this browser knows passkeys; on plain http they exist on localhost alone, and for bare addresses never. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && isSecureContext;
}

/** Asks the device to show a passkey. The library comes when it is first needed: most sign-ins never do. */
export async function showPasskey(
  optionsJSON: PublicKeyCredentialRequestOptionsJSON,
): Promise<FromDevice<AuthenticationResponseJSON>> {
  return fromDevice(async () => {
    const { startAuthentication } = await import('@simplewebauthn/browser');
    return startAuthentication({ optionsJSON });
  });
}

/** Asks the device to make a passkey. */
export async function makePasskey(
  optionsJSON: PublicKeyCredentialCreationOptionsJSON,
): Promise<FromDevice<RegistrationResponseJSON>> {
  return fromDevice(async () => {
    const { startRegistration } = await import('@simplewebauthn/browser');
    return startRegistration({ optionsJSON });
  });
}

async function fromDevice<T>(ask: () => Promise<T>): Promise<FromDevice<T>> {
  if (!knowsPasskeys()) return { kind: 'unsupported' };
  try {
    return { kind: 'ok', response: await ask() };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'InvalidStateError') return { kind: 'there' };
    if (name === 'SecurityError' || name === 'NotSupportedError') return { kind: 'unsupported' };
    return { kind: 'none' };
  }
}
