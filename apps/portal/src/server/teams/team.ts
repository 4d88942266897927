import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { canOverAll, type Facts } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { nameSchema } from '../inputs.ts';
import { MAX_TEAM_NAME } from './team-limits.ts';

export const teamNameSchema = nameSchema(MAX_TEAM_NAME);

/** A team, as its events name it. */
export interface Team {
  id: string;
  name: string;
}

/**
 * Lets the actor change teams. Who is put into a team gets all that is shared with it, also what will be: so this is for who
 * manages every machine by their place, and for nobody on whom there is a lock, which a new team could lead around.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function assertManagesTeams(tx: Tx, actor: Actor): Promise<Facts> {
  const facts = await assertInTenant(tx, actor, 'teams.manage');
  const decision = canOverAll(facts);
  if (!decision.allowed) throw new ForbiddenError(decision.reason, { act: 'teams.manage' });
  return facts;
}

/** @throws NotFoundError `team/not-found` for absent and foreign ones */
export async function loadTeam(tx: Tx, { tenantId }: Pick<Actor, 'tenantId'>, teamId: string): Promise<Team> {
  const found = await tx.team.findFirst({
    where: { tenantId, id: teamId },
    select: { id: true, name: true },
  });
  if (found === null) throw new NotFoundError('team', { teamId });
  return found;
}

/**
 * Two teams whose names differ by nothing that one hears are mistaken for each other when something is shared. Under
 * `lockAuthority()`, so that of two who take a name at once one is told.
 *
 * @throws AppError `team/name-taken`
 */
export async function assertNameFree(
  tx: Tx,
  { tenantId }: Pick<Actor, 'tenantId'>,
  name: string,
  except: string | null = null,
): Promise<void> {
  const taken = await tx.$queryRaw<{ name: string }[]>`
    SELECT name FROM team WHERE tenant_id = ${tenantId}::uuid AND lower(btrim(name)) = lower(${name})
      AND id IS DISTINCT FROM ${except}::uuid LIMIT 1`;
  const [other] = taken;
  if (other !== undefined)
    throw new AppError({
      code: 'team/name-taken',
      publicMessage: `There is a team called ${other.name} already. Choose another name.`,
    });
}

/**
 * An emergency lock bears on who is in the team: nobody leaves it, and it stays, until the lock is lifted.
 *
 * @throws AppError `team/locked`
 */
export async function assertNotLocked(
  tx: Tx,
  { tenantId }: Pick<Actor, 'tenantId'>,
  team: Team,
): Promise<void> {
  const lock = await tx.emergencyLock.findFirst({
    where: { tenantId, teamId: team.id, liftedAt: null },
    select: { id: true },
  });
  if (lock !== null)
    throw new AppError({
      code: 'team/locked',
      publicMessage: `${team.name} is locked. Nobody can be taken out of it until the lock is lifted.`,
      details: { teamId: team.id, lockId: lock.id },
    });
}
