import { recordEvent } from '@porthole/audit';
import { CHECK_LIMITS } from '@porthole/check-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { changePool } from '../pools/managed-pool.ts';

const { min, max } = CHECK_LIMITS.everyH;

export const scheduleChecksInput = z.strictObject({
  ...inOrg,
  id: z.uuid(),
  /** Hours; null for never. */
  everyH: z.number().int().min(min).max(max).nullable(),
});

/**
 * How often the worker checks a pool by itself.
 *
 * @throws as `changePool`
 */
export async function scheduleChecks(
  deps: Pick<AllDeps, 'db'>,
  actor: Actor,
  { id, everyH }: z.infer<typeof scheduleChecksInput>,
): Promise<{ everyH: number | null }> {
  const { tenantId } = actor;
  return changePool(deps, actor, id, async (tx, pool) => {
    const before = await tx.pool.findFirst({ where: { tenantId, id }, select: { checkEveryH: true } });
    if (before === null || before.checkEveryH === everyH) return { everyH };
    await tx.pool.updateMany({ where: { tenantId, id }, data: { checkEveryH: everyH } });
    await recordEvent(tx, tenantId, {
      action: 'check.scheduled',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: pool.displayName },
      data: { before: before.checkEveryH, after: everyH },
    });
    return { everyH };
  });
}
