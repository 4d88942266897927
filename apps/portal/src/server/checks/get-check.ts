import { NotFoundError } from '@porthole/errors';
import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type Check, checkFields, stepsOf, toCheckRow } from './check.ts';

export const getCheckInput = z.strictObject({ ...inOrg, runId: z.uuid() });

/**
 * One run with its steps, as far as they have come.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `check/not-found`
 */
export async function getCheck(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { runId }: z.infer<typeof getCheckInput>,
): Promise<Check> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'pools.read');
    const run = await tx.checkRun.findFirst({
      where: { tenantId, id: runId, pool: { removedAt: null } },
      select: { ...checkFields, worker: true, relayId: true, underWay: true, steps: true },
    });
    if (run === null) throw new NotFoundError('check', { runId });
    const { worker, relayId, underWay, steps, ...row } = run;
    return {
      ...toCheckRow(row),
      worker,
      relay: relayId,
      underWay,
      steps: stepsOf(steps),
      mayManage: canInTenant(facts, 'pools.manage').allowed,
    };
  });
}
