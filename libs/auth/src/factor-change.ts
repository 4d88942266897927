import type { Tx } from '@porthole/db';
import { AppError, Secret } from '@porthole/errors';
import { digestOf, newBearer } from './bearer.ts';

/** What a change of the factor leaves behind. */
export interface FactorChange {
  /** The new bearer of the session that changed it. */
  bearer: Secret;
  /** The person's other sessions, which are over. */
  ended: string[];
}

/**
 * This session goes on under a new bearer; every other one of the person is over, and so is what waits.
 *
 * @param factor when this session showed a factor; null: it has none any longer
 */
export async function changeSession(
  tx: Tx,
  { personId, loginSessionId }: { personId: string; loginSessionId: string },
  factor: { factorAt: Date | null } | 'as-it-is',
): Promise<FactorChange> {
  const others = await tx.loginSession.findMany({
    where: { personId, id: { not: loginSessionId } },
    select: { id: true },
  });
  await tx.loginSession.deleteMany({ where: { personId, id: { not: loginSessionId } } });
  await tx.pendingSignIn.deleteMany({ where: { personId } });
  const bearer = newBearer();
  const { count } = await tx.loginSession.updateMany({
    where: { id: loginSessionId, personId },
    data: { digest: digestOf(bearer), ...(factor === 'as-it-is' ? {} : proofOf(factor.factorAt)) },
  });
  if (count !== 1)
    throw new AppError({ code: 'auth/signed-out', publicMessage: 'You’re signed out. Sign in to go on.' });
  return { bearer: new Secret(bearer), ended: others.map(({ id }) => id) };
}

/** Who shows a factor has proved who they are. */
function proofOf(factorAt: Date | null) {
  return factorAt === null ? { factorAt } : { factorAt, confirmedAt: factorAt };
}
