import { type Tx, translating } from '@porthole/db';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';

const countSchema = z.coerce.number().int();
const rowsSchema = z.array(
  z.object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['customer', 'provider']),
    createdAt: z.date(),
    suspendedAt: z.date().nullable(),
    members: countSchema,
    owners: countSchema,
    machines: countSchema,
    consoles: countSchema,
    invited: countSchema,
  }),
);

/** An organisation as its provider lists it: numbers, nobody by name. */
export type OrganisationRow = z.infer<typeof rowsSchema>[number];

/**
 * Lets the provider's operators go on.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function assertProvider(tx: Tx, actor: Actor): Promise<void> {
  await assertInTenant(tx, actor, 'organisations.manage');
  if (actor.tenantKind !== 'provider') throw new ForbiddenError('not-the-provider');
}

/** All organisations, the provider first; in a transaction of the provider's. */
export async function loadOrganisations(tx: Tx, actor: Actor): Promise<OrganisationRow[]> {
  const rows = await translating(
    () => tx.$queryRaw`
      SELECT id::text, slug, name, kind, created_at AS "createdAt", suspended_at AS "suspendedAt",
        members, owners, machines, consoles, invited
      FROM organisations_of_provider(${actor.tenantId}::uuid)`,
  );
  return rowsSchema.parse(rows);
}

/**
 * One customer's organisation.
 *
 * @throws NotFoundError `organisation/not-found`, also for the provider's own
 */
export async function loadCustomer(tx: Tx, actor: Actor, id: string): Promise<OrganisationRow> {
  const found = (await loadOrganisations(tx, actor)).find((row) => row.id === id && row.kind === 'customer');
  if (found === undefined) throw new NotFoundError('organisation', { id });
  return found;
}
