import { recordEvent } from '@porthole/audit';
import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';

export const cancelCheckInput = z.strictObject({ ...inOrg, runId: z.uuid() });

/**
 * Calls a check off: its worker or relay ends with the step that is under way. Asked of one that is over it changes nothing.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `check/not-found`
 */
export async function cancelCheck(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { runId }: z.infer<typeof cancelCheckInput>,
): Promise<{ asked: boolean }> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const { now } = await assertInTenant(tx, actor, 'pools.manage');
    const run = await tx.checkRun.findFirst({
      where: { tenantId, id: runId, pool: { removedAt: null } },
      select: { poolId: true, targetName: true },
    });
    if (run === null) throw new NotFoundError('check', { runId });
    const { count } = await tx.checkRun.updateMany({
      where: { tenantId, id: runId, finishedAt: null, cancelAskedAt: null },
      data: { cancelAskedAt: now, cancelAskedBy: actor.personName },
    });
    if (count === 0) return { asked: false };
    await recordEvent(tx, tenantId, {
      action: 'check.cancel-asked',
      ...doneBy(actor),
      target: { kind: 'pool', id: run.poolId, name: run.targetName },
      data: { runId },
    });
    return { asked: true };
  });
}
