import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { ForbiddenError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { grantFields } from '../grants/grant-fields.ts';
import { recordGrantEnd } from '../grants/record-grant-end.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { recordPlace } from '../teams/change-members.ts';
import { liveTokensOf, recordTokenEnd } from '../tokens/end-token.ts';
import { assertHandles, assertOwnerStays, loadMember, type Member } from './member.ts';

export const removePersonInput = z.strictObject({ ...inOrg, personId: z.uuid() });
export const leaveInput = z.strictObject({ ...inOrg });

/**
 * Removes a member: their access ends, their consoles here close within two seconds, and they stay signed in elsewhere.
 *
 * @throws NotFoundError `person/not-found`; ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first` for all roles but
 *   member; AppError `person/last-owner`
 */
export async function removePerson(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { personId }: z.infer<typeof removePersonInput>,
): Promise<{ removed: true }> {
  await db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const facts = await assertInTenant(tx, actor, 'people.manage');
    const member = await loadMember(tx, actor, personId);
    assertHandles(facts.role, member.role);
    // It takes a role away, as a change of it does.
    if (member.role !== 'member') assertConfirmed(actor, facts.now);
    await endMembership(tx, actor, member, facts.now, 'member.removed');
  });
  return { removed: true };
}

/**
 * Leaves the organisation; needs no right but to belong to it, also while it is suspended.
 *
 * @throws ForbiddenError `rbac/forbidden`; AppError `person/last-owner`
 */
export async function leave(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  _input: z.infer<typeof leaveInput>,
): Promise<{ left: true }> {
  await db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const facts = await factsOf(tx, actor);
    if (!facts.sessionAlive || facts.personDisabled) throw new ForbiddenError('session-ended');
    const member = await loadMember(tx, actor, actor.personId);
    await endMembership(tx, actor, member, facts.now, 'member.left');
  });
  return { left: true };
}

/** Grants, places in teams and tokens go with the row, by their keys; each one that stood has its event. */
async function endMembership(
  tx: Tx,
  actor: Actor,
  member: Member,
  now: Date,
  action: 'member.removed' | 'member.left',
): Promise<void> {
  const { tenantId } = actor;
  const { personId, role, name } = member;
  await assertOwnerStays(tx, actor, member);
  const grants = await tx.accessGrant.findMany({
    where: { tenantId, personId, endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
    select: grantFields,
    orderBy: { createdAt: 'asc' },
  });
  const tokens = await liveTokensOf(tx, member, tenantId, now);
  const places = await tx.teamMember.findMany({
    where: { tenantId, personId },
    select: { team: { select: { id: true, name: true } } },
    orderBy: { team: { name: 'asc' } },
  });
  const consoles = await tx.consoleSeat.count({ where: { tenantId, personId, closedAt: null } });
  await tx.membership.deleteMany({ where: { tenantId, personId } });
  for (const grant of grants) await recordGrantEnd(tx, actor, grant, 'member-left');
  for (const token of tokens) await recordTokenEnd(tx, actor, token, 'member-left');
  for (const { team } of places) await recordPlace(tx, actor, 'team.left', team, { id: personId, name });
  await recordEvent(tx, tenantId, {
    action,
    ...doneBy(actor),
    target: { kind: 'person', id: personId, name },
    data: { role, grants: grants.length, consoles },
  });
}
