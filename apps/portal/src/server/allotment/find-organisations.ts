import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg, searchSchema } from '../inputs.ts';
import { type Holder, holdersLike } from './holders.ts';

export const findOrganisationsInput = z.strictObject({ ...inOrg, q: searchSchema });

/**
 * The organisations that machines can be given to, by letters of their name: a provider's operator finds all, everybody else
 * is refused, and who runs no provider finds none.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function findOrganisations(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { q }: z.infer<typeof findOrganisationsInput>,
): Promise<Holder[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'pools.manage');
    return holdersLike(tx, q);
  });
}
