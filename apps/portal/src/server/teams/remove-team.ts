import { recordEvent } from '@porthole/audit';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { grantFields } from '../grants/grant-fields.ts';
import { recordGrantEnd } from '../grants/record-grant-end.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertManagesTeams, assertNotLocked, loadTeam } from './team.ts';

export const removeTeamInput = z.strictObject({ ...inOrg, teamId: z.uuid() });

/**
 * Removes a team. What was shared with it ends first, each grant with its event; consoles that stood on it narrow or close
 * within two seconds. Its people stay in the organisation.
 *
 * @throws NotFoundError `team/not-found`; ForbiddenError `rbac/forbidden`; AppError `team/locked`
 */
export async function removeTeam(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { teamId }: z.infer<typeof removeTeamInput>,
): Promise<{ removed: true }> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await assertManagesTeams(tx, actor);
    const team = await loadTeam(tx, actor, teamId);
    await assertNotLocked(tx, actor, team);
    const people = await tx.teamMember.count({ where: { tenantId, teamId } });
    const grants = await tx.accessGrant.findMany({
      where: { tenantId, teamId, endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: facts.now } }] },
      select: grantFields,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    await tx.accessGrant.updateMany({
      where: { tenantId, id: { in: grants.map(({ id }) => id) }, endedAt: null },
      data: { endedAt: facts.now, endedBy: actor.personId },
    });
    for (const grant of grants) await recordGrantEnd(tx, actor, grant, 'team-removed');
    await tx.team.deleteMany({ where: { tenantId, id: teamId } });
    await recordEvent(tx, tenantId, {
      action: 'team.removed',
      ...doneBy(actor),
      target: { kind: 'team', ...team },
      data: { people, grants: grants.length },
    });
    return { removed: true };
  });
}
