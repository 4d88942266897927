import { recordEvent } from '@porthole/audit';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { canInTenant } from '@porthole/rbac';
import { askSeatClose, MAX_CLOSE_REASON } from '@porthole/tickets';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import { sees } from '../authority/sees.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { machineFields } from '../machines/machine-row.ts';
import { mayCloseSeat } from './may-close-seat.ts';

export const closeSeatInput = z.strictObject({
  ...inOrg,
  seatId: z.uuid(),
  /** The person at the console reads it. */
  reason: lineSchema(0, MAX_CLOSE_REASON),
});

/**
 * Closes another's console: the relay ends it within two seconds and tells the person who did it and why.
 *
 * @throws NotFoundError `seat/not-found` for absent, ended, foreign and unseen ones; ForbiddenError `rbac/forbidden`
 */
export async function closeSeat(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { seatId, reason }: z.infer<typeof closeSeatInput>,
): Promise<{ asked: true }> {
  const { tenantId, personId, personName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await factsOf(tx, actor);
    const seat = await tx.consoleSeat.findFirst({
      where: { tenantId, id: seatId, closedAt: null },
      select: { personId: true, personName: true, guestLinkId: true, vmId: true, vmName: true, kind: true },
    });
    if (seat === null) throw new NotFoundError('seat', { seatId, why: 'absent' });
    const vm = await tx.vm.findFirst({
      where: { tenantId, id: seat.vmId, goneAt: null },
      select: machineFields,
    });
    if (!mayCloseSeat(facts, vm)) {
      if (canInTenant(facts, 'consoles.list').allowed || (vm !== null && sees(facts, vm)))
        throw new ForbiddenError('no-share', { seatId, vmId: seat.vmId });
      throw new NotFoundError('seat', { seatId, why: 'unseen' });
    }
    // Two who press at once are both obeyed; the first one's name and reason count.
    if (!(await askSeatClose(tx, { tenantId, seatId, personId, personName, reason, at: facts.now })))
      return { asked: true };
    await recordEvent(tx, tenantId, {
      action: 'console.close-asked',
      ...doneBy(actor),
      target: { kind: 'vm', id: seat.vmId, name: seat.vmName },
      data: {
        ...(seat.guestLinkId === null ? {} : { guestLinkId: seat.guestLinkId }),
        seatId,
        kind: seat.kind,
        receiver: {
          kind: seat.guestLinkId === null ? 'person' : 'guest',
          id: seat.personId,
          name: seat.personName,
        },
        reason,
      },
    });
    return { asked: true };
  });
}
