import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg, searchSchema } from '../inputs.ts';
import { type MachineRow, POWER_STATES } from './machine.ts';

export const MACHINE_SORTS = ['name', '-name', 'state', 'pool'] as const;

export const listMachinesInput = z.strictObject({
  ...inOrg,
  q: searchSchema.optional(),
  state: z.enum(POWER_STATES).optional(),
  tag: z.string().max(100).optional(),
  sort: z.enum(MACHINE_SORTS).optional(),
});

export interface MachineList {
  rows: MachineRow[];
  /** How many the person may see without search and filters. */
  total: number;
  /** Every tag among those, for the filter. */
  tags: string[];
}

export async function listMachines(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof listMachinesInput>,
): Promise<MachineList> {
  throw new AppError({ code: 'portal/not-built' });
}
