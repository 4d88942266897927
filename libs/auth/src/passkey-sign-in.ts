import type { Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { PasskeyNoMatchError, SignInOverError } from './auth-error.ts';
import { digestOf, isBearer, newBearer } from './bearer.ts';
import { giveBackPasskeyAsk, type PasskeyWish, takeChallenge } from './passkey-challenge.ts';
import type { PasskeyShown } from './passkey-signature.ts';
import { type FirstFactor, readPending } from './pending-row.ts';
import { type PasskeyDeps, takePasskey } from './prove-passkey.ts';
import {
  type BrowserFacts,
  createSession,
  endReplaced,
  type SessionOf,
  type SignedInPerson,
} from './sign-in.ts';
import { ssoRequired } from './sso-required.ts';

interface PasskeyAttempt extends BrowserFacts {
  /** Value of the cookie that the challenge is bound to. */
  cookie: string | null;
  /** Value of the cookie of a sign-in that waits for its second factor. */
  pending: string | null;
  response: PasskeyShown;
}

/** `passkey`: it stood for the password too. */
export type PasskeyMethod = 'passkey' | `${FirstFactor}-and-passkey`;

/**
 * Makes a login session by a passkey: alone where it was asked for to sign in, since its device checked who holds it;
 * or as the second factor that a sign-in waits for.
 *
 * @param record as that of `signIn`
 * @throws PasskeyNoMatchError `auth/passkey-no-match`; SignInOverError `auth/sign-in-over` where nothing waits any longer
 */
export async function signInWithPasskey(
  deps: PasskeyDeps,
  attempt: PasskeyAttempt,
  record: (tx: Tx, begun: SessionOf, replaced: SessionOf | null, method: PasskeyMethod) => Promise<void>,
): Promise<SignedInPerson> {
  const asked = await takeChallenge(deps, attempt.cookie);
  const wish = asked === null ? null : wishOf(asked, attempt.ip);
  if (asked === null || wish === null) throw new PasskeyNoMatchError({ reason: 'not-asked' });
  const waiting = wish.purpose === 'factor' ? await readPending(deps, attempt.pending) : null;
  if (wish.purpose === 'factor' && waiting?.id !== wish.personId) throw new SignInOverError();
  return takePasskey(deps, asked, attempt.response, async (tx, person) => {
    if (waiting === null && (await ssoRequired(tx, person.id)))
      throw new PasskeyNoMatchError({ reason: 'single-sign-on' });
    const ended = await endPending(tx, attempt.pending, person.id);
    if (wish.purpose === 'factor' && !ended) throw new SignInOverError();
    await giveBackPasskeyAsk(tx, wish);
    const replaced = await endReplaced(tx, attempt.replacing);
    const bearer = newBearer();
    const sessionId = await createSession(tx, deps, person.id, bearer, attempt, true);
    const begun = { sessionId, personId: person.id, personName: person.name };
    await record(tx, begun, replaced, waiting === null ? 'passkey' : `${waiting.first}-and-passkey`);
    return { ...begun, bearer: new Secret(bearer) };
  });
}

function wishOf(
  { purpose, personId }: { purpose: PasskeyWish['purpose']; personId: string | null },
  ip: string | null,
): (PasskeyWish & { purpose: 'sign-in' | 'factor' }) | null {
  if (purpose === 'sign-in' && personId === null) return { purpose, personId, ip };
  if (purpose === 'factor' && personId !== null) return { purpose, personId };
  return null;
}

async function endPending(tx: Tx, pending: string | null, personId: string): Promise<boolean> {
  if (pending === null || !isBearer(pending)) return false;
  const { count } = await tx.pendingSignIn.deleteMany({ where: { digest: digestOf(pending), personId } });
  return count === 1;
}
