import { recordEvent } from '@porthole/audit';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg, nameSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { changePool } from './managed-pool.ts';

export const renamePoolInput = z.strictObject({ ...inOrg, id: z.uuid(), displayName: nameSchema(80) });

/**
 * Gives a pool another name; who holds machines there reads it too.
 *
 * @throws as {@link changePool}
 */
export async function renamePool(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id, displayName }: z.infer<typeof renamePoolInput>,
): Promise<{ displayName: string }> {
  return changePool(deps, actor, id, async (tx, pool) => {
    if (pool.displayName === displayName) return { displayName };
    await tx.pool.updateMany({ where: { tenantId: actor.tenantId, id }, data: { displayName } });
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.renamed',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: displayName },
      data: { before: pool.displayName },
    });
    return { displayName };
  });
}
