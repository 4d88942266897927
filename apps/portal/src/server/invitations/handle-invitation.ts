import { recordEvent } from '@porthole/audit';
import { mailLink, withdrawLink } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { mayHandle } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import { invitationRates } from './invite.ts';

type Deps = Pick<AllDeps, 'db' | 'clock'>;

export const handleInvitationInput = z.strictObject({ ...inOrg, invitationId: z.uuid() });
type Input = z.infer<typeof handleInvitationInput>;

/**
 * Sends an invitation again, with a new link for seven days; the old link is worthless from now on.
 *
 * @throws NotFoundError `invitation/not-found` for absent, foreign and answered ones; ForbiddenError `rbac/forbidden`;
 *   LimitError `rate/limited`
 */
export async function resendInvitation(
  deps: Deps,
  actor: Actor,
  { invitationId }: Input,
): Promise<{ sent: true }> {
  const { tenantId, personName, tenantName } = actor;
  const { email } = await deps.db.withTenant(tenantId, (tx) => findOpen(tx, actor, invitationId));
  await assertRates(deps, invitationRates(tenantId, email));
  await deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { tokenId: before, role } = await findOpen(tx, actor, invitationId);
    if (before !== null) await withdrawLink(tx, deps.clock, before);
    const link = await mailLink(
      tx,
      deps.clock,
      { purpose: 'invitation', email, tenantId },
      { inviter: personName, org: tenantName },
    );
    await tx.invitation.updateMany({ where: { tenantId, id: invitationId }, data: link });
    await recordEvent(tx, tenantId, {
      action: 'invitation.sent-again',
      ...doneBy(actor),
      target: { kind: 'organisation', id: tenantId, name: tenantName },
      data: { invitationId, email, role },
    });
  });
  return { sent: true };
}

/**
 * Takes an invitation back: its link is worthless at once.
 *
 * @throws NotFoundError `invitation/not-found`; ForbiddenError `rbac/forbidden`
 */
export async function withdrawInvitation(
  deps: Deps,
  actor: Actor,
  { invitationId }: Input,
): Promise<{ withdrawn: true }> {
  const { tenantId, personId, tenantName } = actor;
  await deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { tokenId, email, role } = await findOpen(tx, actor, invitationId);
    if (tokenId !== null) await withdrawLink(tx, deps.clock, tokenId);
    await tx.invitation.updateMany({
      where: { tenantId, id: invitationId },
      data: { withdrawnAt: deps.clock(), withdrawnBy: personId },
    });
    await recordEvent(tx, tenantId, {
      action: 'invitation.withdrawn',
      ...doneBy(actor),
      target: { kind: 'organisation', id: tenantId, name: tenantName },
      data: { invitationId, email, role },
    });
  });
  return { withdrawn: true };
}

async function findOpen(tx: Tx, actor: Actor, id: string) {
  const { role } = await assertInTenant(tx, actor, 'people.invite');
  const found = await tx.invitation.findFirst({
    where: { tenantId: actor.tenantId, id, acceptedAt: null, withdrawnAt: null },
    select: { email: true, role: true, tokenId: true },
  });
  if (found === null) throw new NotFoundError('invitation', { invitationId: id });
  if (role === null || !mayHandle(role, found.role))
    throw new ForbiddenError('owners-alone', { invitationId: id });
  return found;
}
