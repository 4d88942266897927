import { recordEvent } from '@porthole/audit';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { ACT_RULES, can } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import { sees } from '../authority/sees.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { machineFields } from '../machines/machine-row.ts';

export const cancelPowerInput = z.strictObject({ ...inOrg, operationId: z.uuid() });

/**
 * Asks for an operation to be called off: one that still waits ends at once, one at the pool as far as the pool allows.
 * Asked of one that is over it changes nothing.
 *
 * @throws NotFoundError `operation/not-found` for absent, foreign and unseen ones; ForbiddenError `rbac/forbidden`
 */
export async function cancelPower(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { operationId }: z.infer<typeof cancelPowerInput>,
): Promise<{ asked: boolean }> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await factsOf(tx, actor);
    const operation = await tx.powerOperation.findFirst({
      where: { tenantId, id: operationId },
      select: { vmId: true, vmName: true, act: true, finishedAt: true },
    });
    const vm =
      operation === null
        ? null
        : await tx.vm.findFirst({
            where: { tenantId, id: operation.vmId, goneAt: null },
            select: machineFields,
          });
    if (operation === null || vm === null || !sees(facts, vm))
      throw new NotFoundError('operation', { operationId });
    const decision = can(facts, ACT_RULES[operation.act].right, vm);
    if (!decision.allowed) throw new ForbiddenError(decision.reason, { operationId, vmId: vm.id });
    const { count } = await tx.powerOperation.updateMany({
      where: { tenantId, id: operationId, finishedAt: null, cancelAskedAt: null },
      data: { cancelAskedAt: facts.now, cancelAskedBy: actor.personName },
    });
    if (count === 0) return { asked: operation.finishedAt === null };
    await recordEvent(tx, tenantId, {
      action: 'power.cancel-asked',
      ...doneBy(actor),
      target: { kind: 'vm', id: operation.vmId, name: operation.vmName },
      data: { operationId, act: operation.act },
    });
    return { asked: true };
  });
}
