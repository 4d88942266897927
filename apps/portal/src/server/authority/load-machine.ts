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
  return { vm: seenBy(facts, vm, vmId), facts };
}

/** {@link loadMachine} of several, in their order. @throws NotFoundError `vm/not-found` for the first that is not there */
export async function loadMachines(
  tx: Tx,
  actor: Actor,
  vmIds: readonly string[],
): Promise<{ vms: VmRow[]; facts: Facts }> {
  const facts = await factsOf(tx, actor);
  const rows = await tx.vm.findMany({
    where: { tenantId: actor.tenantId, id: { in: [...vmIds] }, goneAt: null },
    select: machineFields,
  });
  const found = new Map(rows.map((vm) => [vm.id, vm]));
  return { vms: vmIds.map((vmId) => seenBy(facts, found.get(vmId) ?? null, vmId)), facts };
}

function seenBy(facts: Facts, vm: VmRow | null, vmId: string): VmRow {
  if (vm === null) throw new NotFoundError('vm', { vmId, why: 'absent' });
  if (!sees(facts, vm)) throw new NotFoundError('vm', { vmId, why: 'unseen' });
  return vm;
}
