import { recordEvent } from '@porthole/audit';
import { askWorker } from '@porthole/db';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { beginAnew, changePool } from './managed-pool.ts';

export const pausePoolInput = z.strictObject({ ...inOrg, id: z.uuid() });
type Input = z.infer<typeof pausePoolInput>;

/**
 * Leaves a pool alone until {@link resumePool}: its consoles close, none opens, nothing is asked of its power, and the worker signs
 * out. The database withdraws the consoles with the commit; the worker need not run for that.
 *
 * @throws as {@link changePool}
 */
export async function pausePool(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id }: Input,
): Promise<{ paused: true }> {
  return changePool(deps, actor, id, async (tx, pool) => {
    if (pool.state === 'paused') return { paused: true };
    const { tenantId } = actor;
    await tx.pool.updateMany({
      where: { tenantId, id },
      data: { state: 'paused', stateReason: null, stateDetail: null, stateSince: new Date() },
    });
    await askWorker(tx, { task: 'sync-pool', tenantId, poolId: id });
    await recordEvent(tx, tenantId, {
      action: 'pool.paused',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: pool.displayName },
      data: {},
    });
    return { paused: true };
  });
}

/**
 * Takes a paused pool up again: the worker signs in and reads it as if it were new.
 *
 * @throws as {@link changePool}
 */
export async function resumePool(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id }: Input,
): Promise<{ resumed: true }> {
  return changePool(deps, actor, id, async (tx, pool) => {
    if (pool.state !== 'paused') return { resumed: true };
    await beginAnew(tx, actor, { ...pool, state: 'new' });
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.resumed',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: pool.displayName },
      data: {},
    });
    return { resumed: true };
  });
}

/**
 * Asks the worker for another try now, where it waits for somebody to change something: the role was given at the pool, or its
 * certificate is the confirmed one again.
 *
 * @throws as {@link changePool}
 */
export async function retryPool(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id }: Input,
): Promise<{ asked: true }> {
  return changePool(deps, actor, id, async (tx, pool) => {
    await beginAnew(tx, actor, pool);
    return { asked: true };
  });
}
