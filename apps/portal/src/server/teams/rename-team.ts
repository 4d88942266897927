import { recordEvent } from '@porthole/audit';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertManagesTeams, assertNameFree, loadTeam, type Team, teamNameSchema } from './team.ts';

export const renameTeamInput = z.strictObject({ ...inOrg, teamId: z.uuid(), name: teamNameSchema });

/**
 * Gives a team another name; what is shared with it stays.
 *
 * @throws NotFoundError `team/not-found`; ForbiddenError `rbac/forbidden`; AppError `team/name-taken`
 */
export async function renameTeam(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { teamId, name }: z.infer<typeof renameTeamInput>,
): Promise<Team> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    await assertManagesTeams(tx, actor);
    const team = await loadTeam(tx, actor, teamId);
    if (team.name === name) return team;
    await assertNameFree(tx, actor, name, teamId);
    await tx.team.updateMany({ where: { tenantId, id: teamId }, data: { name } });
    await recordEvent(tx, tenantId, {
      action: 'team.renamed',
      ...doneBy(actor),
      target: { kind: 'team', id: teamId, name },
      data: { before: team.name, after: name },
    });
    return { id: teamId, name };
  });
}
