import type { Db, Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { NoMatchError } from './auth-error.ts';
import { digestOf, isBearer, newBearer } from './bearer.ts';
import { type FactorWay, factorWays } from './factors.ts';
import type { HashGate } from './hash-gate.ts';
import { luciaFor } from './lucia-for.ts';
import { verifyPassword } from './password.ts';
import { beginPending } from './pending-row.ts';
import { giveBackSignInTry, takeSignInTry } from './sign-in-limits.ts';
import { ssoRequired } from './sso-required.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  gate: HashGate;
}

/** What a sign-in knows of the browser that asks. */
export interface BrowserFacts {
  ip: string | null;
  userAgent: string | null;
  /** Hash of the binder cookie that is set with the login cookie (security.md §2.3). */
  binderHash: Uint8Array;
  /** Bearer that this browser holds already; its session ends with the new one's beginning. */
  replacing: string | null;
}

export interface SignInAttempt extends BrowserFacts {
  email: string;
  password: Secret;
}

/** A login session and whose it is. */
export interface SessionOf {
  /** Public handle of the session. */
  sessionId: string;
  personId: string;
  personName: string;
}

export interface SignedInPerson extends SessionOf {
  /** For the login cookie, and for nothing else. */
  bearer: Secret;
}

/** The password was right, and the account has a second factor that is still to be shown. */
export interface FactorAwaited {
  /** For the cookie of the sign-in that waits, and for nothing else. */
  pending: Secret;
  /** What can be shown, the best one first. */
  ways: FactorWay[];
}

/** How long a user agent may be that we keep; the rest says nothing to a person. */
const MAX_USER_AGENT_CHARACTERS = 300;

/**
 * Signs a person in with e-mail and password; who has a second factor gets no session yet, but has to show that. An unknown account takes the same hash, the same time and gives the
 * same answer as a wrong password.
 *
 * @param record runs inside the transaction that makes the session, to write its event of the log; `replaced` is the
 *   session that this browser had until now, perhaps of another person
 * @throws SignInWaitError `auth/wait`, AuthBusyError `auth/busy`, NoMatchError `auth/no-match`
 */
export async function signIn(
  deps: Deps,
  attempt: SignInAttempt,
  record: (tx: Tx, begun: SessionOf, replaced: SessionOf | null) => Promise<void>,
): Promise<SignedInPerson | FactorAwaited> {
  const email = attempt.email.trim().toLowerCase();
  await takeSignInTry(deps, { email, ip: attempt.ip });
  const person = await findPerson(deps, email);
  const fits = await verifyPassword(deps.gate, person?.passwordHash ?? null, attempt.password);
  if (person === null || !fits || person.disabledAt !== null)
    throw new NoMatchError({ known: person !== null, disabled: person?.disabledAt != null });
  if (await deps.db.withoutTenant((tx) => ssoRequired(tx, person.id)))
    throw new NoMatchError({ known: true, other: 'single-sign-on' });
  return deps.db.withoutTenant(async (tx) => {
    await giveBackSignInTry(tx, { email, ip: attempt.ip });
    const ways = await factorWays(tx, person.id);
    if (ways.length > 0) return { pending: await beginPending(tx, person.id, deps.clock()), ways };
    const replaced = await endReplaced(tx, attempt.replacing);
    const bearer = newBearer();
    const sessionId = await createSession(tx, deps, person.id, bearer, attempt, false);
    const begun = { sessionId, personId: person.id, personName: person.name };
    await record(tx, begun, replaced);
    return { ...begun, bearer: new Secret(bearer) };
  });
}

async function findPerson({ db }: Deps, email: string) {
  return db.withoutTenant((tx) =>
    tx.person.findUnique({
      where: { email },
      select: { id: true, name: true, passwordHash: true, disabledAt: true },
    }),
  );
}

/** A new login session under the bearer. @returns its public handle */
export async function createSession(
  tx: Tx,
  deps: Pick<Deps, 'clock'>,
  personId: string,
  bearer: string,
  attempt: BrowserFacts,
  byFactor: boolean,
): Promise<string> {
  const now = deps.clock();
  await luciaFor(tx, deps.clock).createSession(
    personId,
    {
      handle: null,
      binderHash: Uint8Array.from(attempt.binderHash),
      createdAt: now,
      lastInputAt: now,
      ip: attempt.ip,
      userAgent: attempt.userAgent?.slice(0, MAX_USER_AGENT_CHARACTERS) ?? null,
      factorAt: byFactor ? now : null,
      confirmedAt: now,
    },
    { sessionId: bearer },
  );
  const row = await tx.loginSession.findUniqueOrThrow({
    where: { digest: digestOf(bearer) },
    select: { id: true },
  });
  return row.id;
}

/** Ends the session that this browser holds until now, which may be another person's. */
export async function endReplaced(tx: Tx, bearer: string | null): Promise<SessionOf | null> {
  if (bearer === null || !isBearer(bearer)) return null;
  const where = { digest: digestOf(bearer) };
  const row = await tx.loginSession.findUnique({
    where,
    select: { id: true, person: { select: { id: true, name: true } } },
  });
  const { count } = await tx.loginSession.deleteMany({ where });
  return row === null || count === 0
    ? null
    : { sessionId: row.id, personId: row.person.id, personName: row.person.name };
}
