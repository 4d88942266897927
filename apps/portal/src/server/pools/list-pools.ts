import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { type LastCheck, lastChecks } from '../checks/check.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { countMachines } from './count-machines.ts';
import type { PoolRow } from './pool.ts';
import { poolFields, toPoolRow } from './pool-row.ts';

export const listPoolsInput = z.strictObject({ ...inOrg });

export interface PoolList {
  /** With the newest check of the whole pool; null while there was none. */
  rows: (PoolRow & { lastCheck: LastCheck | null })[];
  /** Whether the one who asks may add and remove pools. */
  mayManage: boolean;
}

/**
 * The pools that the organisation owns, by name.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listPools(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  _input: z.infer<typeof listPoolsInput>,
): Promise<PoolList> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'pools.read');
    const pools = await tx.pool.findMany({
      where: { tenantId: actor.tenantId, removedAt: null },
      select: poolFields,
      orderBy: [{ displayName: 'asc' }, { id: 'asc' }],
    });
    const machines = await countMachines(tx, actor.tenantId);
    const checks = await lastChecks(tx, actor.tenantId);
    return {
      rows: pools.map((pool) => ({
        ...toPoolRow(pool, machines.get(pool.id) ?? 0),
        lastCheck: checks.get(pool.id) ?? null,
      })),
      mayManage: canInTenant(facts, 'pools.manage').allowed,
    };
  });
}
