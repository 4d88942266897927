export { AuthBusyError, NoMatchError, SignInWaitError, WeakPasswordError } from './auth-error.ts';
export { blankLoginCookie, hostCookie, LOGIN_COOKIE, loginCookie, readCookie } from './cookies.ts';
export { HashGate, MAX_HASHES_AT_ONCE, MAX_HASHES_QUEUED } from './hash-gate.ts';
export { checkPassword, hashPassword, MIN_PASSWORD_CHARACTERS, verifyPassword } from './password.ts';
export { type LoginSession, readSession } from './read-session.ts';
export { ABSOLUTE_LIFE_MS, IDLE_LIFE_MS } from './session-life.ts';
export { endSession, listSessions, type SessionRow, touchInput } from './sessions-of-person.ts';
export { type SessionOf, type SignInAttempt, signIn } from './sign-in.ts';
