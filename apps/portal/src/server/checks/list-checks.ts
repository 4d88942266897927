import { CHECK_LIMITS } from '@porthole/check-contract';
import { NotFoundError } from '@porthole/errors';
import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type CheckRow, checkFields, toCheckRow } from './check.ts';

export const listChecksInput = z.strictObject({ ...inOrg, id: z.uuid() });

export interface CheckList {
  /** The newest first. */
  runs: CheckRow[];
  /** How often the pool is checked by itself, in hours; null for never. */
  everyH: number | null;
  mayManage: boolean;
}

/**
 * The checks of one pool that its history keeps.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`
 */
export async function listChecks(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { id }: z.infer<typeof listChecksInput>,
): Promise<CheckList> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'pools.read');
    const pool = await tx.pool.findFirst({
      where: { tenantId, id, removedAt: null },
      select: { checkEveryH: true },
    });
    if (pool === null) throw new NotFoundError('pool', { poolId: id });
    const runs = await tx.checkRun.findMany({
      where: { tenantId, poolId: id },
      select: checkFields,
      orderBy: { createdAt: 'desc' },
      take: CHECK_LIMITS.history + 1,
    });
    return {
      runs: runs.map(toCheckRow),
      everyH: pool.checkEveryH,
      mayManage: canInTenant(facts, 'pools.manage').allowed,
    };
  });
}
