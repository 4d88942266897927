import { factorDemandsOf } from '@porthole/authority';
import { AppError } from '@porthole/errors';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import type { Place } from '../people/find-membership.ts';

/**
 * An organisation that asks for a second factor shows nothing to a session that proved none. can() says the same of each
 * thing; this says it once, in words that lead on.
 *
 * @throws AppError `auth/factor-required`
 */
export async function assertFactorShown(
  { db }: Pick<Deps, 'db'>,
  { personId, factorAt }: Pick<SignedIn, 'personId' | 'factorAt'>,
  { tenantId, tenantName }: Pick<Place, 'tenantId' | 'tenantName'>,
): Promise<void> {
  if (factorAt !== null) return;
  const demands = await db.withoutTenant((tx) => factorDemandsOf(tx, personId));
  if (!demands.has(tenantId)) return;
  throw new AppError({
    code: 'auth/factor-required',
    publicMessage: `${tenantName} asks for a second factor. Setting one up takes a minute.`,
    details: { tenantId },
  });
}
