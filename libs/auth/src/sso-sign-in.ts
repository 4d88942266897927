import type { Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { newBearer } from './bearer.ts';
import { factorWays } from './factors.ts';
import { beginPending } from './pending-row.ts';
import {
  type BrowserFacts,
  createSession,
  endReplaced,
  type FactorAwaited,
  type SessionOf,
  type SignedInPerson,
} from './sign-in.ts';
import { SsoError } from './sso-error.ts';

/**
 * Ties what an issuer calls somebody to the person whose address it vouched for. One subject is one person, and one person
 * one subject: an address that was given to somebody else does not open the account of before.
 *
 * @returns whether it was tied just now
 * @throws SsoError `sso/other-account`
 */
export async function linkSubject(
  tx: Tx,
  { issuer, subject }: { issuer: string; subject: string },
  personId: string,
): Promise<boolean> {
  const known = await tx.ssoIdentity.findFirst({
    where: {
      OR: [
        { issuer, subject },
        { issuer, personId },
      ],
    },
    select: { subject: true, personId: true },
  });
  if (known === null) {
    await tx.ssoIdentity.create({ data: { issuer, subject, personId }, select: { personId: true } });
    return true;
  }
  if (known.subject !== subject || known.personId !== personId) throw new SsoError('sso/other-account');
  return false;
}

/**
 * Lets a person in whose issuer vouched for them, in the caller's transaction. As after a password, who has a second factor
 * gets no session yet, but has to show that.
 */
export async function enterBySso(
  tx: Tx,
  deps: { clock: () => Date },
  person: { id: string; name: string },
  facts: BrowserFacts,
  record: (begun: SessionOf, replaced: SessionOf | null) => Promise<void>,
): Promise<SignedInPerson | FactorAwaited> {
  const ways = await factorWays(tx, person.id);
  if (ways.length > 0)
    return { pending: await beginPending(tx, person.id, deps.clock(), 'single-sign-on'), ways };
  const replaced = await endReplaced(tx, facts.replacing);
  const bearer = newBearer();
  const sessionId = await createSession(tx, deps, person.id, bearer, facts, false);
  const begun = { sessionId, personId: person.id, personName: person.name };
  await record(begun, replaced);
  return { ...begun, bearer: new Secret(bearer) };
}
