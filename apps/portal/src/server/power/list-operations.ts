import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { loadMachine } from '../authority/load-machine.ts';
import { sees } from '../authority/sees.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { machineFields } from '../machines/machine-row.ts';
import { operationFields, type PowerOperationRow, toOperationRow } from './power-operation.ts';

export const listOperationsInput = z.strictObject({ ...inOrg, vmId: z.uuid().optional() });

/** Of one machine. */
const RECENT = 20;
/** Of all machines: what is under way, and what has just ended, for those who watch it. */
const JUST_ENDED_MS = 5 * 60_000;
const MAX_OF_ALL = 500;

/**
 * The newest operations of one machine; or what is under way or has just ended on any that the person sees.
 *
 * @throws NotFoundError `vm/not-found`
 */
export async function listOperations(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { vmId }: z.infer<typeof listOperationsInput>,
): Promise<PowerOperationRow[]> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    if (vmId !== undefined) {
      await loadMachine(tx, actor, vmId);
      const rows = await tx.powerOperation.findMany({
        where: { tenantId, vmId },
        select: operationFields,
        orderBy: { createdAt: 'desc' },
        take: RECENT,
      });
      return rows.map(toOperationRow);
    }
    const facts = await factsOf(tx, actor);
    const since = new Date(facts.now.getTime() - JUST_ENDED_MS);
    const rows = await tx.powerOperation.findMany({
      where: { tenantId, OR: [{ finishedAt: null }, { finishedAt: { gt: since } }] },
      select: operationFields,
      orderBy: { createdAt: 'desc' },
      take: MAX_OF_ALL,
    });
    const vms = await tx.vm.findMany({
      where: { tenantId, id: { in: rows.map((row) => row.vmId) }, goneAt: null },
      select: machineFields,
    });
    const seen = new Set(vms.filter((vm) => sees(facts, vm)).map((vm) => vm.id));
    return rows.filter((row) => seen.has(row.vmId)).map(toOperationRow);
  });
}
