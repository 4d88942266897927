export { API_TOKEN_PREFIX, apiTokenIn, digestOfApiToken, newApiToken } from './api-token.ts';
export {
  AuthBusyError,
  FactorNoMatchError,
  LinkOverError,
  NoMatchError,
  PasskeyNoMatchError,
  SignInOverError,
  SignInWaitError,
  WeakPasswordError,
} from './auth-error.ts';
export { isBearer, newBearer } from './bearer.ts';
export { askEmailChange, confirmEmail, type EmailChange } from './change-email.ts';
export { changePassword, type PasswordState, readPassword } from './change-password.ts';
export { assertConfirmed, CONFIRMED_FOR_MS, ConfirmFirstError, noteConfirmed } from './confirmed.ts';
export { blankLoginCookie, hostCookie, LOGIN_COOKIE, loginCookie, readCookie } from './cookies.ts';
export type { FactorChange } from './factor-change.ts';
export { type FactorKey, loadFactorKey, newFactorKey, parseFactorKey, writeFactorKey } from './factor-key.ts';
export {
  beginApp,
  confirmApp,
  type FactorState,
  type FactorWay,
  factorWays,
  readFactors,
  removeApp,
} from './factors.ts';
export { finishSignIn } from './finish-sign-in.ts';
export { HashGate } from './hash-gate.ts';
export {
  LINK_LIFE_MS,
  type LivingLink,
  lookAtLink,
  mailLink,
  plainEmail,
  queueMail,
  takeCode,
  takeLink,
  withdrawLink,
} from './mail-links.ts';
export {
  beginOpenId,
  finishOpenId,
  type OpenIdClient,
  type OpenIdFetch,
  type OpenIdPerson,
} from './open-id.ts';
export {
  blankPasskeyCookie,
  CHALLENGE_LIFE_MS,
  PASSKEY_ASKS,
  PASSKEY_COOKIE,
  passkeyCookie,
} from './passkey-challenge.ts';
export { type PasskeyMethod, signInWithPasskey } from './passkey-sign-in.ts';
export type { AddOptions, PasskeyShown, PasskeyToAdd, ShowOptions } from './passkey-signature.ts';
export {
  addPasskey,
  beginPasskey,
  MAX_PASSKEYS,
  type PasskeyRow,
  removePasskey,
  renamePasskey,
} from './passkeys.ts';
export { checkPassword, hashPassword, MIN_PASSWORD_CHARACTERS, verifyPassword } from './password.ts';
export {
  blankPendingCookie,
  leavePending,
  PENDING_COOKIE,
  pendingCookie,
  readPending,
} from './pending-row.ts';
export { type FactorProof, proveFactor, provePassword } from './prove.ts';
export { askPasskey, provePasskey } from './prove-passkey.ts';
export { type LoginSession, readSession } from './read-session.ts';
export { recoveryCodesLeft, replaceRecoveryCodes } from './recovery-codes.ts';
export { askReset, askSignUp, type PasswordReset, resetPassword } from './reset-password.ts';
export { openFor, type SealedSeed, sealFor } from './seed-seal.ts';
export { endSession, listSessions, type SessionRow, touchInput } from './sessions-of-person.ts';
export { type SessionOf, signIn } from './sign-in.ts';
export { sourceOf } from './sign-in-limits.ts';
export {
  blankSsoCookie,
  keepSsoAttempt,
  SSO_BEGINNINGS,
  SSO_COOKIE,
  ssoCookie,
  takeSsoAttempt,
  takeSsoBeginning,
} from './sso-attempt.ts';
export { type SsoCode, SsoError } from './sso-error.ts';
export { enterBySso, linkSubject } from './sso-sign-in.ts';
export { codeAt, stepOf } from './totp-code.ts';
