import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { assertProvider, loadOrganisations, type OrganisationRow } from './provider-organisations.ts';

export const listOrganisationsInput = z.strictObject({ ...inOrg });

/**
 * All organisations, for the provider.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listOrganisations(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  _input: z.infer<typeof listOrganisationsInput>,
): Promise<OrganisationRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertProvider(tx, actor);
    return loadOrganisations(tx, actor);
  });
}
