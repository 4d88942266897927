import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { sees } from '../authority/sees.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { loadSurroundings, POOLS_MARK_CHARACTERS, poolsMark } from './load-surroundings.ts';
import type { MachineRow } from './machine.ts';
import { machineFields, toMachineRow } from './machine-row.ts';

export const changedMachinesInput = z.strictObject({
  ...inOrg,
  since: z.date(),
  pools: z.string().max(POOLS_MARK_CHARACTERS),
});

/** Told again though it was told: rows carry the time at which their transaction began, and it may have ended later. */
export const TOLD_AGAIN_MS = 15_000;
/** More rows than this are dearer to merge than the whole list is to read. */
export const MOST_CHANGED = 500;

export interface ChangedMachines {
  /** Rows that differ, or may: whoever has them puts these in their place. */
  rows: MachineRow[];
  /** Machines that are gone, of those that the person may see: whoever may not hears of none, nor of its comings and goings. */
  left: string[];
  /** Too much has changed to be told one by one: the list is to be read again. */
  isWhole: boolean;
  asOf: Date;
}

/**
 * What a list of machines, read at some moment, looks like now: the rows that were written since, and those with people on
 * their consoles, then or now. A change of rights is no change of rows, nor is one of tags, which grants go by; who watches hears
 * of it as `authority` and reads the list again.
 */
export async function changedMachines(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { since, pools }: z.infer<typeof changedMachinesInput>,
): Promise<ChangedMachines> {
  const { tenantId } = actor;
  const from = new Date(since.getTime() - TOLD_AGAIN_MS);
  return db.withTenant(tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const surroundings = await loadSurroundings(tx, tenantId);
    const whole = { rows: [], left: [], isWhole: true, asOf: facts.now };
    if (poolsMark(surroundings) !== pools) return whole;
    const ended = await tx.consoleSeat.findMany({
      where: { tenantId, closedAt: { gt: from } },
      select: { vmId: true },
      take: MOST_CHANGED,
    });
    const sat = new Set([...surroundings.seats.keys(), ...ended.map(({ vmId }) => vmId)]);
    const vms = await tx.vm.findMany({
      where: { tenantId, OR: [{ seenAt: { gt: from } }, { id: { in: [...sat] } }] },
      select: { ...machineFields, goneAt: true },
      take: MOST_CHANGED + 1,
    });
    if (vms.length > MOST_CHANGED) return whole;
    const seen = vms.filter((vm) => sees(facts, vm));
    return {
      rows: seen.filter(({ goneAt }) => goneAt === null).map((vm) => toMachineRow(vm, facts, surroundings)),
      left: seen.filter(({ goneAt }) => goneAt !== null).map(({ id }) => id),
      isWhole: false,
      asOf: facts.now,
    };
  });
}
