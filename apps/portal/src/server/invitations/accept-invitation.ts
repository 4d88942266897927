import { recordEvent } from '@porthole/audit';
import { takeLink } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { linkSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { findOpenInvitation, type OpenInvitation, readOpenInvitation } from './open-invitation.ts';
import { joinTeams } from './teams-of-invitation.ts';

export const acceptInvitationInput = z.strictObject({ link: linkSchema });

/**
 * Joins an organisation as who is signed in, if it was this address that was invited. Who belongs already keeps their role.
 *
 * @throws LinkOverError `auth/link-over`; AppError `invitation/other-address`
 */
export async function acceptInvitation(
  { db }: Pick<Deps, 'db'>,
  signedIn: SignedIn,
  { link }: z.infer<typeof acceptInvitationInput>,
): Promise<{ org: string }> {
  const seen = await findOpenInvitation({ db }, link);
  if (seen.email !== signedIn.email)
    throw new AppError({
      code: 'invitation/other-address',
      publicMessage: 'This invitation is for another address. Sign in with the address it was sent to.',
    });
  await db.withTenant(seen.tenantId, async (tx) => {
    await lockAuthority(tx, seen.tenantId);
    const invitation = await takeInvitation(tx, seen.tenantId, link);
    await join(tx, invitation, signedIn, { isNew: false });
  });
  return { org: seen.org.slug };
}

/** Uses the link up and gives its invitation as it is now, under the lock. */
export async function takeInvitation(tx: Tx, tenantId: string, link: string): Promise<OpenInvitation> {
  const { tokenId } = await takeLink(tx, 'invitation', link);
  return readOpenInvitation(tx, { tokenId, tenantId });
}

/** Makes the person a member, of the invitation's teams too, and closes it; the event comes last. */
export async function join(
  tx: Tx,
  { id, tenantId, email, role, teamIds }: OpenInvitation,
  person: Pick<SignedIn, 'personId' | 'personName' | 'ip'>,
  { isNew }: { isNew: boolean },
): Promise<void> {
  const { personId, personName } = person;
  const member = await tx.membership.findUnique({
    where: { tenantId_personId: { tenantId, personId } },
    select: { role: true },
  });
  if (member === null)
    await tx.membership.create({ data: { tenantId, personId, role }, select: { personId: true } });
  await tx.invitation.updateMany({
    where: { tenantId, id },
    data: { acceptedAt: new Date(), acceptedBy: personId },
  });
  const passedOver = await joinTeams(tx, tenantId, person, teamIds);
  await recordEvent(tx, tenantId, {
    action: 'invitation.accepted',
    ...doneBy(person),
    target: { kind: 'person', id: personId, name: personName },
    data: {
      invitationId: id,
      email,
      role: member?.role ?? role,
      isNew,
      ...(passedOver.length === 0 ? {} : { teamsPassedOver: passedOver }),
    },
  });
}
