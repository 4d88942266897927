import { recordEvent } from '@porthole/audit';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertManagesTeams, assertNameFree, type Team, teamNameSchema } from './team.ts';
import { MAX_TEAMS } from './team-limits.ts';

export const createTeamInput = z.strictObject({ ...inOrg, name: teamNameSchema });

/**
 * Makes a team with nobody in it yet.
 *
 * @throws ForbiddenError `rbac/forbidden`; AppError `team/name-taken`, `team/too-many`
 */
export async function createTeam(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { name }: z.infer<typeof createTeamInput>,
): Promise<Team> {
  const { tenantId, tenantName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    await assertManagesTeams(tx, actor);
    await assertNameFree(tx, actor, name);
    if ((await tx.team.count({ where: { tenantId } })) >= MAX_TEAMS)
      throw new AppError({
        code: 'team/too-many',
        publicMessage: `${tenantName} has ${MAX_TEAMS} teams, which is the most there can be. Remove one first.`,
      });
    const team = await tx.team.create({ data: { tenantId, name }, select: { id: true, name: true } });
    await recordEvent(tx, tenantId, {
      action: 'team.created',
      ...doneBy(actor),
      target: { kind: 'team', ...team },
      data: {},
    });
    return team;
  });
}
