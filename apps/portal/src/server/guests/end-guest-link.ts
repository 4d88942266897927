import { recordEvent } from '@porthole/audit';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { isRestorable } from './guest-row.ts';
import { assertMayEnd, findLink } from './may-handle-guests.ts';

export const handleGuestLinkInput = z.strictObject({ ...inOrg, linkId: z.uuid() });
type Input = z.infer<typeof handleGuestLinkInput>;

/**
 * Ends a guest link at once: it opens nothing any more, and a guest inside is out within two seconds.
 *
 * @throws NotFoundError `guest-link/not-found` for absent, foreign, unseen and ended ones; ForbiddenError `rbac/forbidden`
 */
export async function endGuestLink(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { linkId }: Input,
): Promise<{ ended: true }> {
  const { tenantId, personId, personName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { facts, link, vm } = await findLink(tx, actor, linkId);
    assertMayEnd(facts, actor, link, vm);
    const { count } = await tx.guestLink.updateMany({
      where: { tenantId, id: linkId, endedAt: null },
      data: { endedAt: facts.now, endedBy: personId, endedName: personName },
    });
    if (count === 0) throw new NotFoundError('guest-link', { linkId, why: 'ended' });
    await recordEvent(tx, tenantId, {
      action: 'guest.ended',
      ...doneBy(actor),
      target: { kind: 'vm', id: link.vmId, name: link.vmName },
      data: { guestLinkId: linkId, guest: link.guestName, why: 'by-hand' },
    });
    return { ended: true };
  });
}

/**
 * Takes an end back that was just made. Consoles that it closed stay closed; the guest may open them again.
 *
 * @throws NotFoundError `guest-link/not-found`; ForbiddenError `rbac/forbidden`; AppError `guest-link/over`
 */
export async function restoreGuestLink(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { linkId }: Input,
): Promise<{ restored: true }> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { facts, link, vm } = await findLink(tx, actor, linkId);
    assertMayEnd(facts, actor, link, vm);
    if (!isRestorable(link, facts.now))
      throw new AppError({
        code: 'guest-link/over',
        publicMessage: 'This link stays ended. Make a new one.',
      });
    await tx.guestLink.updateMany({
      where: { tenantId, id: linkId },
      data: { endedAt: null, endedBy: null, endedName: null },
    });
    await recordEvent(tx, tenantId, {
      action: 'guest.restored',
      ...doneBy(actor),
      target: { kind: 'vm', id: link.vmId, name: link.vmName },
      data: { guestLinkId: linkId, guest: link.guestName },
    });
    return { restored: true };
  });
}
