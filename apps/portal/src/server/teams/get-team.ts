import { canInTenant, canOverAll } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { grantFields } from '../grants/grant-fields.ts';
import { describeGrants, type GrantRow } from '../grants/list-grants.ts';
import { inOrg } from '../inputs.ts';
import { loadTeam, type Team } from './team.ts';
import { MAX_TEAM_PEOPLE } from './team-limits.ts';

export const getTeamInput = z.strictObject({ ...inOrg, teamId: z.uuid() });

export interface TeamPage extends Team {
  people: { id: string; name: string; email: string; you: boolean }[];
  /** What is shared with it now; null for who is not in it and may not read others' access. */
  grants: GrantRow[] | null;
  /** The emergency lock on it, if one stands. */
  lock: { since: Date } | null;
  /** Whether who asks may change it. */
  mayManage: boolean;
}

/**
 * One team: its people, and what is shared with it.
 *
 * @throws NotFoundError `team/not-found`; ForbiddenError `rbac/forbidden`
 */
export async function getTeam(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { teamId }: z.infer<typeof getTeamInput>,
): Promise<TeamPage> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'people.list');
    const team = await loadTeam(tx, actor, teamId);
    const members = await tx.teamMember.findMany({
      where: { tenantId, teamId, membership: { person: { disabledAt: null } } },
      select: { membership: { select: { person: { select: { id: true, name: true, email: true } } } } },
      orderBy: [{ membership: { person: { name: 'asc' } } }, { personId: 'asc' }],
      take: MAX_TEAM_PEOPLE,
    });
    const people = members.map(({ membership: { person } }) => ({
      ...person,
      you: person.id === actor.personId,
    }));
    const readsGrants = canInTenant(facts, 'grants.list').allowed || people.some(({ you }) => you);
    const grants = readsGrants
      ? await tx.accessGrant.findMany({
          where: { tenantId, teamId, endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: facts.now } }] },
          select: grantFields,
          orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
          take: 1_000,
        })
      : null;
    const lock = await tx.emergencyLock.findFirst({
      where: { tenantId, teamId, liftedAt: null },
      select: { createdAt: true },
    });
    return {
      ...team,
      people,
      grants: grants && (await describeGrants(tx, actor, facts, grants)),
      lock: lock && { since: lock.createdAt },
      mayManage: canInTenant(facts, 'teams.manage').allowed && canOverAll(facts).allowed,
    };
  });
}
