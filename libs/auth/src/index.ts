export { AuthBusyError, NoMatchError, SignInWaitError, WeakPasswordError } from './auth-error.ts';
export { blankLoginCookie, hostCookie, LOGIN_COOKIE, loginCookie, readCookie } from './cookies.ts';
export { HashGate } from './hash-gate.ts';
export { checkPassword, hashPassword, MIN_PASSWORD_CHARACTERS, verifyPassword } from './password.ts';
export { type LoginSession, readSession } from './read-session.ts';
export { endSession, listSessions, type SessionRow, touchInput } from './sessions-of-person.ts';
export { type SessionOf, signIn } from './sign-in.ts';
