import { recordEvent } from '@porthole/audit';
import { assertConfirmed, mailLink, withdrawLink } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError } from '@porthole/errors';
import { mayHandle, ROLES_OF_KIND, TENANT_ROLES, type TenantRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { emailSchema, inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import type { Team } from '../teams/team.ts';
import {
  MAX_INVITATION_TEAMS,
  MAX_OPEN_INVITATIONS,
  PER_ADDRESS,
  PER_ORGANISATION,
} from './invitation-limits.ts';
import { loadTeamsToJoin } from './teams-of-invitation.ts';

export const inviteInput = z.strictObject({
  ...inOrg,
  email: emailSchema,
  role: z.enum(TENANT_ROLES),
  /** Teams that they join when they accept. */
  teamIds: z
    .array(z.uuid())
    .max(MAX_INVITATION_TEAMS)
    .refine((ids) => new Set(ids).size === ids.length)
    .optional(),
});

/**
 * Invites an address to the organisation, with a role and into teams, for seven days.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first` for all roles but member; NotFoundError
 *   `team/not-found`; LimitError `rate/limited`; AppError `person/already-member`, `invitation/pending`, `invitation/too-many`, `person/no-such-role`, `team/locked`
 */
export async function invite(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: Actor,
  { email, role, teamIds = [] }: z.infer<typeof inviteInput>,
): Promise<{ invitationId: string }> {
  const { tenantId } = actor;
  await deps.db.withTenant(tenantId, async (tx) => {
    await assertMayInvite(tx, actor, role);
    await loadTeamsToJoin(tx, actor, teamIds);
  });
  await assertRates(deps, invitationRates(tenantId, email));
  return deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    await assertMayInvite(tx, actor, role);
    const teams = await loadTeamsToJoin(tx, actor, teamIds);
    return writeInvitation(tx, deps.clock, { ...actor, org: actor.tenantName, email, role, teams });
  });
}

export function invitationRates(tenantId: string, email: string) {
  return [
    { key: `invite:tenant:${tenantId}`, ...PER_ORGANISATION },
    { key: `invite:address:${tenantId}:${email}`, ...PER_ADDRESS },
  ];
}

/**
 * The invitation, its link, its mail and its event, in a transaction of the organisation that holds its lock.
 *
 * @throws AppError `person/already-member`, `invitation/pending`, `invitation/too-many`
 */
export async function writeInvitation(
  tx: Tx,
  clock: () => Date,
  invited: Pick<Actor, 'personId' | 'personName' | 'ip' | 'tenantId'> & {
    org: string;
    email: string;
    role: TenantRole;
    teams?: readonly Team[];
  },
): Promise<{ invitationId: string }> {
  const { tenantId, personId, personName, org, email, role, teams = [] } = invited;
  const member = await tx.membership.findFirst({
    where: { tenantId, person: { email } },
    select: { personId: true },
  });
  if (member !== null)
    throw new AppError({
      code: 'person/already-member',
      publicMessage: `${email} belongs to ${org} already.`,
    });
  await endLateOne(tx, clock, tenantId, email);
  const open = await tx.invitation.count({
    where: { tenantId, acceptedAt: null, withdrawnAt: null, expiresAt: { gt: clock() } },
  });
  if (open >= MAX_OPEN_INVITATIONS)
    throw new AppError({
      code: 'invitation/too-many',
      publicMessage: `${MAX_OPEN_INVITATIONS} invitations wait for an answer. Withdraw one before you send another.`,
    });
  const { tokenId, expiresAt } = await mailLink(
    tx,
    clock,
    { purpose: 'invitation', email, tenantId },
    { inviter: personName, org },
  );
  const { id } = await tx.invitation.create({
    data: {
      tenantId,
      email,
      role,
      tokenId,
      createdBy: personId,
      createdName: personName,
      expiresAt,
      teamIds: teams.map(({ id }) => id),
    },
    select: { id: true },
  });
  await recordEvent(tx, tenantId, {
    action: 'invitation.sent',
    ...doneBy(invited),
    target: { kind: 'organisation', id: tenantId, name: org },
    data: { invitationId: id, email, role, ...(teams.length === 0 ? {} : { teams: [...teams] }) },
  });
  return { invitationId: id };
}

/** A late invitation gives its place to a new one; an open one is sent again instead. */
async function endLateOne(tx: Tx, clock: () => Date, tenantId: string, email: string): Promise<void> {
  const before = await tx.invitation.findFirst({
    where: { tenantId, email, acceptedAt: null, withdrawnAt: null },
    select: { id: true, expiresAt: true, tokenId: true },
  });
  if (before === null) return;
  if (before.expiresAt > clock())
    throw new AppError({
      code: 'invitation/pending',
      publicMessage: `${email} is invited already. Send the invitation again, or withdraw it first.`,
    });
  if (before.tokenId !== null) await withdrawLink(tx, clock, before.tokenId);
  await tx.invitation.updateMany({ where: { tenantId, id: before.id }, data: { withdrawnAt: clock() } });
}

/** Only owners make owners, and a customer has no roles of the provider's. What a role asks for where it is changed, it asks here. */
async function assertMayInvite(tx: Tx, actor: Actor, role: TenantRole): Promise<void> {
  const { role: own, now } = await assertInTenant(tx, actor, 'people.invite');
  if (own === null || !mayHandle(own, role)) throw new ForbiddenError('owners-alone', { role });
  if (!ROLES_OF_KIND[actor.tenantKind].includes(role))
    throw new AppError({
      code: 'person/no-such-role',
      publicMessage: `${actor.tenantName} has no such role.`,
    });
  if (role !== 'member') assertConfirmed(actor, now);
}
