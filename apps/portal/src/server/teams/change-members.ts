import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertManagesTeams, assertNotLocked, loadTeam, type Team } from './team.ts';
import { MAX_ADDED_AT_ONCE, MAX_TEAM_PEOPLE } from './team-limits.ts';

export const addTeamMembersInput = z.strictObject({
  ...inOrg,
  teamId: z.uuid(),
  personIds: z
    .array(z.uuid())
    .min(1)
    .max(MAX_ADDED_AT_ONCE)
    .refine((ids) => new Set(ids).size === ids.length),
});
export const removeTeamMemberInput = z.strictObject({ ...inOrg, teamId: z.uuid(), personId: z.uuid() });

/**
 * Adds members of the organisation to a team: from now on they have what is shared with it. All of them or nobody; who is in
 * it already stays.
 *
 * @throws NotFoundError `team/not-found`, `person/not-found`; ForbiddenError `rbac/forbidden`; AppError `team/full`
 */
export async function addTeamMembers(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { teamId, personIds }: z.infer<typeof addTeamMembersInput>,
): Promise<{ added: number }> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    await assertManagesTeams(tx, actor);
    const team = await loadTeam(tx, actor, teamId);
    const found = await tx.membership.findMany({
      where: { tenantId, personId: { in: personIds }, person: { disabledAt: null } },
      select: { personId: true, person: { select: { name: true } } },
      orderBy: [{ person: { name: 'asc' } }, { personId: 'asc' }],
    });
    const missing = personIds.find((id) => found.every(({ personId }) => personId !== id));
    if (missing !== undefined) throw new NotFoundError('person', { personId: missing });
    const inIt = await tx.teamMember.findMany({ where: { tenantId, teamId }, select: { personId: true } });
    const joining = found.filter((one) => inIt.every(({ personId }) => personId !== one.personId));
    if (inIt.length + joining.length > MAX_TEAM_PEOPLE)
      throw new AppError({
        code: 'team/full',
        publicMessage: `A team has ${MAX_TEAM_PEOPLE} people at most. Make another team for the rest.`,
      });
    await tx.teamMember.createMany({
      data: joining.map(({ personId }) => ({ tenantId, teamId, personId })),
    });
    for (const { personId, person } of joining)
      await recordPlace(tx, actor, 'team.joined', team, { id: personId, name: person.name });
    return { added: joining.length };
  });
}

/**
 * Takes somebody out of a team: what they had by it ends, and their consoles that stood on it within two seconds.
 *
 * @throws NotFoundError `team/not-found`, `person/not-found`; ForbiddenError `rbac/forbidden`; AppError `team/locked`
 */
export async function removeTeamMember(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { teamId, personId }: z.infer<typeof removeTeamMemberInput>,
): Promise<{ removed: true }> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    await assertManagesTeams(tx, actor);
    const team = await loadTeam(tx, actor, teamId);
    const member = await tx.teamMember.findFirst({
      where: { tenantId, teamId, personId },
      select: { membership: { select: { person: { select: { id: true, name: true } } } } },
    });
    if (member === null) throw new NotFoundError('person', { personId, teamId });
    await assertNotLocked(tx, actor, team);
    await tx.teamMember.deleteMany({ where: { tenantId, teamId, personId } });
    await recordPlace(tx, actor, 'team.left', team, member.membership.person);
    return { removed: true };
  });
}

/** Says in the log that somebody is of a team now, or no more. @throws DbError */
export function recordPlace(
  tx: Tx,
  actor: Actor,
  action: 'team.joined' | 'team.left',
  team: Team,
  { id, name }: { id: string; name: string },
) {
  return recordEvent(tx, actor.tenantId, {
    action,
    ...doneBy(actor),
    target: { kind: 'team', ...team },
    data: { member: { kind: 'person', id, name } },
  });
}
