import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';

export const poolImpactInput = z.strictObject({ ...inOrg, id: z.uuid() });

/** What pausing or removing a pool would cut, in numbers: who sits there is for their own organisation to know. */
export interface PoolImpact {
  machines: number;
  /** Others than the owner that hold machines there. */
  organisations: number;
  /** Open consoles, and the people at them. */
  consoles: number;
  persons: number;
  /** Access given to single machines there. */
  grants: number;
  /** Power operations that are under way. */
  operations: number;
}

const countSchema = z.bigint().transform(Number);
const rowsSchema = z.array(
  z.object({
    machines: countSchema,
    organisations: countSchema,
    consoles: countSchema,
    persons: countSchema,
    grants: countSchema,
    operations: countSchema,
  }),
);

/**
 * What stands on a pool at this moment.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`
 */
export async function poolImpact(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { id }: z.infer<typeof poolImpactInput>,
): Promise<PoolImpact> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'pools.manage');
    const pool = await tx.pool.findFirst({
      where: { tenantId: actor.tenantId, id, removedAt: null },
      select: { id: true },
    });
    if (pool === null) throw new NotFoundError('pool', { poolId: id });
    const rows = await tx.$queryRaw`SELECT * FROM pool_impact(${actor.tenantId}::uuid, ${id}::uuid)`;
    const [impact] = rowsSchema.parse(rows);
    if (impact === undefined) throw new NotFoundError('pool', { poolId: id });
    return impact;
  });
}
