import type { Tx } from '@porthole/db';
import { Lucia, TimeSpan } from 'lucia';
import { LOGIN_COOKIE } from './cookies.ts';
import { SessionAdapter, type SessionAttributes, type UserAttributes } from './session-adapter.ts';
import { ABSOLUTE_LIFE_MS } from './session-life.ts';

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof luciaFor>;
    DatabaseSessionAttributes: SessionAttributes;
    DatabaseUserAttributes: UserAttributes;
  }
}

/** Lucia over one transaction. It holds nothing between calls, so making one costs nothing. */
export function luciaFor(tx: Tx, clock: () => Date) {
  return new Lucia<SessionAttributes, UserAttributes>(new SessionAdapter(tx, clock), {
    sessionExpiresIn: new TimeSpan(ABSOLUTE_LIFE_MS, 'ms'),
    sessionCookie: { name: LOGIN_COOKIE },
    getSessionAttributes: (attributes) => attributes,
    getUserAttributes: (attributes) => attributes,
  });
}
