import { recordEvent } from '@porthole/audit';
import { askWorker } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';

export const removePoolInput = z.strictObject({ ...inOrg, id: z.uuid() });

/**
 * Removes a pool: its passwords are deleted, its consoles close, and the worker signs out. Its machines' history
 * stays.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`
 */
export async function removePool(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { id }: z.infer<typeof removePoolInput>,
): Promise<{ removed: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { now } = await assertInTenant(tx, actor, 'pools.manage');
    const pool = await tx.pool.findFirst({
      where: { tenantId: actor.tenantId, id, removedAt: null },
      select: { displayName: true },
    });
    if (pool === null) throw new NotFoundError('pool', { poolId: id });
    const { count } = await tx.pool.updateMany({
      where: { tenantId: actor.tenantId, id, removedAt: null },
      data: { removedAt: now },
    });
    if (count === 0) throw new NotFoundError('pool', { poolId: id, why: 'removed meanwhile' });
    await tx.poolCredential.deleteMany({ where: { tenantId: actor.tenantId, poolId: id } });
    await askWorker(tx, { task: 'sync-pool', tenantId: actor.tenantId, poolId: id });
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.removed',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: pool.displayName },
      data: {},
    });
    return { removed: true };
  });
}
