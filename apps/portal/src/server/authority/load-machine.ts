import type { Tx } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import type { Facts } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { machineFields, type VmRow } from '../machines/machine-row.ts';
import { factsOf } from './facts-of.ts';
import { sees } from './sees.ts';

/**
 * A machine of the organisation and what is true of the actor. Absent, gone, foreign and unseen are one answer; the
 * details tell the log which.
 *
 * @throws NotFoundError `vm/not-found`
 */
export async function loadMachine(tx: Tx, actor: Actor, vmId: string): Promise<{ vm: VmRow; facts: Facts }> {
  const facts = await factsOf(tx, actor);
  const vm = await tx.vm.findFirst({
    where: { tenantId: actor.tenantId, id: vmId, goneAt: null },
    select: machineFields,
  });
  if (vm === null) throw new NotFoundError('vm', { vmId, why: 'absent' });
  if (!sees(facts, vm)) throw new NotFoundError('vm', { vmId, why: 'unseen' });
  return { vm, facts };
}
