import { type Tx, translating } from '@porthole/db';
import { TENANT_ROLES } from '@porthole/rbac';
import { z } from 'zod';

const rowsSchema = z.array(
  z.object({
    tenantId: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['customer', 'provider']),
    role: z.enum(TENANT_ROLES),
    suspendedAt: z.date().nullable(),
  }),
);

/** One organisation of a person, with the person's role in it. */
export type MembershipOf = z.infer<typeof rowsSchema>[number];

/**
 * The organisations of a person, by name. Needs no organisation in context: it is how one is found.
 *
 * @throws DbError
 */
export async function membershipsOf(tx: Pick<Tx, '$queryRaw'>, personId: string): Promise<MembershipOf[]> {
  const rows = await translating(
    () => tx.$queryRaw`
      SELECT tenant_id AS "tenantId", slug, name, kind::text, role::text, suspended_at AS "suspendedAt"
      FROM memberships_of(${personId}::uuid)`,
  );
  return rowsSchema.parse(rows);
}
