import type { Db, Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { SignInOverError } from './auth-error.ts';
import { digestOf, newBearer } from './bearer.ts';
import type { FactorKey } from './factor-key.ts';
import { type FirstFactor, readPending } from './pending-row.ts';
import { type FactorProof, proveFactor } from './prove.ts';
import {
  type BrowserFacts,
  createSession,
  endReplaced,
  type SessionOf,
  type SignedInPerson,
} from './sign-in.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  factorKey: FactorKey;
}

/**
 * Makes the login session of a sign-in whose password was right, once the second factor is shown: under a fresh bearer,
 * and once.
 *
 * @param record as that of `signIn`
 * @throws SignInOverError `auth/sign-in-over` where no sign-in waits under that value; FactorNoMatchError
 *   `auth/factor-no-match`, SignInWaitError `auth/wait`
 */
export async function finishSignIn(
  deps: Deps,
  attempt: { pending: string | null; proof: FactorProof } & BrowserFacts,
  record: (tx: Tx, begun: SessionOf, replaced: SessionOf | null, first: FirstFactor) => Promise<void>,
): Promise<SignedInPerson> {
  const person = await readPending(deps, attempt.pending);
  if (person === null || attempt.pending === null) throw new SignInOverError();
  const digest = digestOf(attempt.pending);
  return proveFactor(deps, person.id, attempt.proof, async (tx) => {
    const { count } = await tx.pendingSignIn.deleteMany({ where: { digest, personId: person.id } });
    if (count !== 1) throw new SignInOverError();
    const replaced = await endReplaced(tx, attempt.replacing);
    const bearer = newBearer();
    const sessionId = await createSession(tx, deps, person.id, bearer, attempt, true);
    const begun = { sessionId, personId: person.id, personName: person.name };
    await record(tx, begun, replaced, person.first);
    return { ...begun, bearer: new Secret(bearer) };
  });
}
