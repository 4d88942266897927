import { POWER_STATES } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { sees } from '../authority/sees.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, searchSchema } from '../inputs.ts';
import { findManagers } from './find-sharers.ts';
import { loadSurroundings, poolsMark } from './load-surroundings.ts';
import type { MachineRow } from './machine.ts';
import { machineFields, toMachineRow } from './machine-row.ts';

export const MACHINE_SORTS = ['name', '-name', 'state', 'pool'] as const;

export const listMachinesInput = z.strictObject({
  ...inOrg,
  q: searchSchema.optional(),
  state: z.enum(POWER_STATES).optional(),
  tag: z.string().max(100).optional(),
  sort: z.enum(MACHINE_SORTS).optional(),
});
type Input = z.infer<typeof listMachinesInput>;

export interface MachineList {
  rows: MachineRow[];
  /** How many the person may see without search and filters. */
  total: number;
  /** Every tag among those, for the filter. */
  tags: string[];
  /** The moment that all of this is of, by the database's clock; where `machines.changed` goes on. */
  asOf: Date;
  /** Of the pools at that moment; with another one every row is another. */
  pools: string;
  /** Whom a member asks who sees none; empty where there is one to see. */
  managers: string[];
}

/**
 * The machines of the organisation that the person may see, with what they may do with each. Rights are judged row
 * by row by `can()`, so search and filters come after it and can tell nothing about the rest.
 */
export async function listMachines(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  input: Input,
): Promise<MachineList> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const vms = await tx.vm.findMany({
      where: { tenantId: actor.tenantId, goneAt: null },
      select: machineFields,
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    });
    const seen = vms.filter((vm) => sees(facts, vm));
    const surroundings = await loadSurroundings(tx, actor.tenantId);
    const rows = seen.map((vm) => toMachineRow(vm, facts, surroundings));
    return {
      rows: sorted(rows.filter(matching(input)), input.sort ?? 'name'),
      total: rows.length,
      tags: [...new Set(rows.flatMap((row) => row.tags))].sort(),
      asOf: facts.now,
      pools: poolsMark(surroundings),
      managers: rows.length === 0 && facts.role === 'member' ? await findManagers(tx, actor.tenantId) : [],
    };
  });
}

/** Every word of the search must be somewhere: name, address, tag, id, system. */
function matching({ q = '', state, tag }: Input): (row: MachineRow) => boolean {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    if (state !== undefined && row.powerState !== state) return false;
    if (tag !== undefined && !row.tags.includes(tag)) return false;
    const text = [row.name, row.id, row.uuid, row.osName ?? '', row.poolName, ...row.tags, ...row.addresses]
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

function sorted(rows: MachineRow[], sort: (typeof MACHINE_SORTS)[number]): MachineRow[] {
  const byName = (a: MachineRow, b: MachineRow) =>
    a.name.localeCompare(b.name, 'en', { numeric: true }) || a.id.localeCompare(b.id);
  const orders: Record<typeof sort, (a: MachineRow, b: MachineRow) => number> = {
    name: byName,
    '-name': (a, b) => byName(b, a),
    state: (a, b) => stateRank(a) - stateRank(b) || byName(a, b),
    pool: (a, b) => a.poolName.localeCompare(b.poolName) || byName(a, b),
  };
  return rows.toSorted(orders[sort]);
}

function stateRank(row: MachineRow): number {
  return ['Running', 'Paused', 'Suspended', 'Halted'].indexOf(row.powerState);
}
