import { createHash } from 'node:crypto';
import type { Tx } from '@porthole/db';
import { z } from 'zod';
import type { MachineRow } from './machine.ts';

/** What stands around machines: their pools, as far as a holder may know them, and who is on their consoles. */
export interface Surroundings {
  pools: ReadonlyMap<string, { displayName: string; unknownSince: Date | null }>;
  seats: ReadonlyMap<string, MachineRow['here']>;
}

const poolSchema = z.object({
  pool_id: z.uuid(),
  display_name: z.string(),
  state: z.string(),
  state_since: z.date(),
});

/** Loads them for one organisation, whose live seats are few hundreds however many machines it has. */
export async function loadSurroundings(tx: Tx, tenantId: string): Promise<Surroundings> {
  const pools = z
    .array(poolSchema)
    .parse(await tx.$queryRaw`SELECT * FROM pools_of_holder(${tenantId}::uuid)`);
  const seats = await tx.consoleSeat.findMany({
    where: { tenantId, closedAt: null },
    select: { vmId: true, personId: true, personName: true, rights: true },
    orderBy: { openedAt: 'asc' },
  });
  return {
    pools: new Map(
      pools.map((pool) => [
        pool.pool_id,
        {
          displayName: pool.display_name,
          unknownSince: pool.state === 'connected' ? null : pool.state_since,
        },
      ]),
    ),
    seats: seatsByMachine(seats),
  };
}

/** Of {@link poolsMark}: a SHA-256 in hex. */
export const POOLS_MARK_CHARACTERS = 64;

/**
 * Stands for what of the pools is in every row of their machines: where it differs, every row does. A hash, since it goes also to
 * who sees no machine of a pool.
 */
export function poolsMark({ pools }: Pick<Surroundings, 'pools'>): string {
  const text = JSON.stringify([...pools].sort(([a], [b]) => a.localeCompare(b)));
  return createHash('sha256').update(text).digest('hex');
}

type SeatRow = { vmId: string; personId: string; personName: string; rights: string[] };

/** A person with three windows on one machine is there once, typing if any of them may. */
function seatsByMachine(seats: readonly SeatRow[]): Map<string, MachineRow['here']> {
  const byMachine = new Map<string, MachineRow['here']>();
  for (const seat of seats) {
    const here = byMachine.get(seat.vmId) ?? [];
    const typing = seat.rights.includes('type');
    const known = here.find((one) => one.personId === seat.personId);
    if (known === undefined) here.push({ personId: seat.personId, name: seat.personName, typing });
    else known.typing ||= typing;
    byMachine.set(seat.vmId, here);
  }
  return byMachine;
}
