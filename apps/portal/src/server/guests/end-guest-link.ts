import { recordEvent } from '@porthole/audit';
import { mailLink, withdrawLink } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { isLocked } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { isRestorable } from './guest-row.ts';
import { untilWords } from './make-guest-link.ts';
import { assertMayEnd, findLink } from './may-handle-guests.ts';

export const handleGuestLinkInput = z.strictObject({ ...inOrg, linkId: z.uuid() });
type Input = z.infer<typeof handleGuestLinkInput>;

/**
 * Ends a guest link at once: it opens nothing any more, a guest inside is out within two seconds, and a mail with it that has not
 * gone goes no more.
 *
 * @throws NotFoundError `guest-link/not-found` for absent, foreign, unseen and ended ones; ForbiddenError `rbac/forbidden`
 */
export async function endGuestLink(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  actor: Actor,
  { linkId }: Input,
): Promise<{ ended: true }> {
  const { tenantId, personId, personName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { facts, link, vm } = await findLink(tx, actor, linkId);
    assertMayEnd(facts, actor, link, vm);
    const { count } = await tx.guestLink.updateMany({
      where: { tenantId, id: linkId, endedAt: null, endsAt: { gt: facts.now } },
      data: { endedAt: facts.now, endedBy: personId, endedName: personName },
    });
    if (count === 0) throw new NotFoundError('guest-link', { linkId, why: 'ended' });
    if (link.tokenId !== null && (await isOnItsWay(tx, link.tokenId)))
      await withdrawLink(tx, clock, link.tokenId);
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
 * Takes an end back that was just made. Consoles that it closed stay closed; the guest may open them again. Where it stopped the
 * mail, another goes.
 *
 * @throws NotFoundError `guest-link/not-found`; ForbiddenError `rbac/forbidden`; AppError `guest-link/over`
 */
export async function restoreGuestLink(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  actor: Actor,
  { linkId }: Input,
): Promise<{ restored: true }> {
  const { tenantId, tenantName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { facts, link, vm } = await findLink(tx, actor, linkId);
    assertMayEnd(facts, actor, link, vm);
    if (isLocked(facts)) throw new ForbiddenError('locked', { linkId });
    if (!isRestorable(link, facts.now))
      throw new AppError({
        code: 'guest-link/over',
        publicMessage: 'This link stays ended. Make a new one.',
      });
    const { endsAt, email } = link;
    const again = (await isStopped(tx, link.tokenId))
      ? await mailLink(
          tx,
          clock,
          { purpose: 'guest', email, tenantId, endsAt },
          {
            inviter: link.createdName,
            org: tenantName,
            name: link.guestName,
            machine: link.vmName,
            until: untilWords(endsAt),
          },
        )
      : null;
    await tx.guestLink.updateMany({
      where: { tenantId, id: linkId },
      data: {
        endedAt: null,
        endedBy: null,
        endedName: null,
        ...(again === null ? {} : { tokenId: again.tokenId }),
      },
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

/** Whether the mail with this link waits to be sent, for the first time or again. What has gone stays good for a restored link. */
async function isOnItsWay(tx: Tx, tokenId: string): Promise<boolean> {
  return (await tx.mail.count({ where: { tokenId, sentAt: null, failedAt: null } })) > 0;
}

/** Whether what was mailed, or was to be, was made worthless. */
async function isStopped(tx: Tx, tokenId: string | null): Promise<boolean> {
  if (tokenId === null) return false;
  return (await tx.mailToken.count({ where: { id: tokenId, withdrawnAt: { not: null } } })) > 0;
}
