import type { Tx } from '@porthole/db';
import { type ConsoleKind, LIMITS } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { machineFields } from '../machines/machine-row.ts';
import { mayCloseSeat } from './may-close-seat.ts';

export const listSeatsInput = z.strictObject({ ...inOrg });

/** One person at one console, now. */
export interface LiveSeat {
  id: string;
  person: { id: string; name: string; you: boolean; isGuest: boolean; isSupport: boolean };
  /** The machine by the name it had; `isHere` where the organisation still holds it. */
  machine: { id: string; name: string; isHere: boolean };
  kind: ConsoleKind;
  since: Date;
  /** Has the right to type; others only look. */
  mayType: boolean;
  /** Somebody has asked for its end, and it is about to close. */
  closing: boolean;
  /** Whether the one who asks may end it. */
  mayClose: boolean;
}

/**
 * Everybody who is on a console of the organisation now, by machine.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listSeats({ db }: Pick<AllDeps, 'db'>, actor: Actor): Promise<LiveSeat[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'consoles.list');
    const seats = await tx.consoleSeat.findMany({
      where: { tenantId: actor.tenantId, closedAt: null },
      select: {
        id: true,
        personId: true,
        personName: true,
        guestLinkId: true,
        vmId: true,
        vmName: true,
        kind: true,
        rights: true,
        openedAt: true,
        closeAskedAt: true,
      },
      orderBy: [{ vmName: 'asc' }, { vmId: 'asc' }, { kind: 'asc' }, { openedAt: 'asc' }],
      take: LIMITS.seatsPerTenant,
    });
    const machines = await machinesOf(tx, actor.tenantId, seats);
    const inside = await supportersAmong(tx, actor.tenantId, seats);
    return seats.map((seat) => {
      const vm = machines.get(seat.vmId) ?? null;
      return {
        id: seat.id,
        person: {
          id: seat.personId,
          name: seat.personName,
          you: seat.personId === actor.personId,
          isGuest: seat.guestLinkId !== null,
          isSupport: inside.has(seat.personId),
        },
        machine: { id: seat.vmId, name: seat.vmName, isHere: vm !== null },
        kind: seat.kind,
        since: seat.openedAt,
        mayType: seat.rights.includes('type'),
        closing: seat.closeAskedAt !== null,
        mayClose: mayCloseSeat(facts, vm),
      };
    });
  });
}

async function machinesOf(tx: Tx, tenantId: string, seats: readonly { vmId: string }[]) {
  const ids = [...new Set(seats.map(({ vmId }) => vmId))];
  const machines = await tx.vm.findMany({
    where: { tenantId, id: { in: ids }, goneAt: null },
    select: machineFields,
  });
  return new Map(machines.map((vm) => [vm.id, vm]));
}

/** Who of them is there as the provider's support. */
async function supportersAmong(tx: Tx, tenantId: string, seats: readonly { personId: string }[]) {
  const inside = await tx.supportGrant.findMany({
    where: {
      tenantId,
      personId: { in: seats.map(({ personId }) => personId) },
      enteredAt: { not: null },
      endedAt: null,
    },
    select: { personId: true },
  });
  return new Set(inside.map(({ personId }) => personId));
}
