import { AppError } from '@porthole/errors';

/** `auth/no-match`: wrong, unknown and disabled look the same; `details` alone says which it was. */
export class NoMatchError extends AppError {
  constructor(details: Record<string, unknown> = {}) {
    super({ code: 'auth/no-match', publicMessage: 'The e-mail or the password isn’t right.', details });
  }
}

/** `auth/factor-no-match`: wrong, old, used before and none at all look the same. */
export class FactorNoMatchError extends AppError {
  constructor(details: Record<string, unknown> = {}) {
    super({
      code: 'auth/factor-no-match',
      publicMessage:
        'That code didn’t match. Use the newest code. If it keeps happening, check the clock of the device that makes them.',
      details,
    });
  }
}

/** `auth/passkey-no-match`: unknown, foreign, copied, not asked for and wrongly signed look the same. */
export class PasskeyNoMatchError extends AppError {
  constructor(details: Record<string, unknown> = {}, cause?: unknown) {
    super({
      code: 'auth/passkey-no-match',
      publicMessage:
        'Porthole doesn’t know this passkey, or it took too long. Try again, or use another way.',
      details,
      cause,
    });
  }
}

/** `auth/sign-in-over`: no sign-in waits for its second factor, or not any longer. */
export class SignInOverError extends AppError {
  constructor() {
    super({
      code: 'auth/sign-in-over',
      publicMessage: 'This sign-in took too long. Start again with your password.',
    });
  }
}

/** `auth/busy`: all places for password checks are taken; the same call works a moment later. */
export class AuthBusyError extends AppError {
  constructor() {
    super({
      code: 'auth/busy',
      publicMessage: 'Many people are signing in just now. Try again in a moment.',
    });
  }
}

/** `auth/wait`: too many tries for the account or from the address. */
export class SignInWaitError extends AppError {
  /** Seconds until the next try is heard. */
  readonly retryAfterS: number;

  constructor(retryAfterS: number, details: Record<string, unknown> = {}) {
    super({
      code: 'auth/wait',
      publicMessage:
        'There were many tries for this account or from this network; who is signed in stays so.',
      details,
    });
    this.retryAfterS = retryAfterS;
  }
}

/** `auth/link-over`: used, late, withdrawn, unknown and malformed look the same. */
export class LinkOverError extends AppError {
  constructor(details: Record<string, unknown> = {}) {
    super({
      code: 'auth/link-over',
      publicMessage: 'Links work for a limited time and number of visits. Who sent it can send another.',
      details,
    });
  }
}

/** `auth/weak-password`: the rule of {@link checkPassword} says no. */
export class WeakPasswordError extends AppError {
  constructor(publicMessage: string) {
    super({ code: 'auth/weak-password', publicMessage });
  }
}
