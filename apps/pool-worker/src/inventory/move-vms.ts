import { type Db, inTenantTransaction, sqlStateOf } from '@porthole/db';
import { z } from 'zod';
import type { PoolIds } from '../pools/read-pool.ts';
import type { VmMove } from './allot.ts';
import type { StoredVm } from './stored-rows.ts';

/** Machines of one transaction, at most 500 for `vms_allot()`: the chains of those concerned are locked for a moment only. */
export const MOVES_PER_TRANSACTION = 250;

/** The pool's rules or hands changed under way: the next look judges by those of then. */
const CHANGED = 'PH412';
/** The pool was removed. */
const REMOVED = 'PH404';

const ACTOR = JSON.stringify({ personId: null, name: 'pool-worker', kind: 'system' });

const heldSchema = z.array(z.object({ vm_id: z.uuid(), holder_id: z.uuid(), is_by_hand: z.boolean() }));

/**
 * Gives machines to whom the rules give them, through the one door that ends what stood on the old holding (ADR 0016), and
 * keeps `stored` in step with what it answers.
 *
 * @param version of the rules that were judged by
 * @returns false where they are not those of now any more: what is left stays for the judgement by the new ones
 * @throws DbError
 */
export async function moveVms(
  db: Db,
  { tenantId, poolId }: PoolIds,
  stored: Map<string, StoredVm>,
  moves: readonly VmMove[],
  version: number,
): Promise<boolean> {
  const uuids = new Map(moves.map(({ vmId, uuid }) => [vmId, uuid]));
  for (let start = 0; start < moves.length; start += MOVES_PER_TRANSACTION) {
    const part = moves.slice(start, start + MOVES_PER_TRANSACTION);
    const asked = JSON.stringify(part.map(({ vmId, toTenantId }) => ({ vm: vmId, to: toTenantId })));
    try {
      const { rows } = await inTenantTransaction(db.pool, tenantId, (client) =>
        client.query(
          'SELECT vm_id, holder_id, is_by_hand FROM vms_allot($1, $2, $3, $4::jsonb, $5::jsonb, NULL)',
          [tenantId, poolId, version, asked, ACTOR],
        ),
      );
      for (const held of heldSchema.parse(rows)) keep(stored, uuids.get(held.vm_id), held);
    } catch (error) {
      const state = sqlStateOf(error);
      if (state !== CHANGED && state !== REMOVED) throw error;
      return false;
    }
  }
  return true;
}

function keep(
  stored: Map<string, StoredVm>,
  uuid: string | undefined,
  held: z.infer<typeof heldSchema>[number],
): void {
  const before = uuid === undefined ? undefined : stored.get(uuid);
  if (before !== undefined)
    stored.set(before.uuid, { ...before, holderTenantId: held.holder_id, byHand: held.is_by_hand });
}
