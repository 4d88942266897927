import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import type { Actor, SignedIn } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';
import { assertManagesTeams, loadTeam, type Team } from '../teams/team.ts';
import { MAX_TEAM_PEOPLE } from '../teams/team-limits.ts';

/** A team that an invitation names and that cannot be joined any more. */
interface PassedOver {
  id: string;
  why: 'removed' | 'locked' | 'full';
}

/**
 * The teams that somebody is to be invited into: for who may put people into teams, since being invited there is just that.
 *
 * @throws NotFoundError `team/not-found` for absent and foreign ones; ForbiddenError `rbac/forbidden`; AppError `team/locked`
 */
export async function loadTeamsToJoin(tx: Tx, actor: Actor, teamIds: readonly string[]): Promise<Team[]> {
  if (teamIds.length === 0) return [];
  await assertManagesTeams(tx, actor);
  const teams: Team[] = [];
  for (const id of teamIds) teams.push(await loadTeam(tx, actor, id));
  const locked = await lockedOf(tx, actor.tenantId, teamIds);
  const team = teams.find(({ id }) => locked.has(id));
  if (team !== undefined)
    throw new AppError({
      code: 'team/locked',
      publicMessage: `${team.name} is locked. Nobody can be invited into it until the lock is lifted.`,
      details: { teamId: team.id },
    });
  return teams;
}

/** Which of the teams that an invitation names can be joined at this moment, by name, and why the others cannot. */
export async function readTeamsToJoin(
  tx: Tx,
  tenantId: string,
  teamIds: readonly string[],
): Promise<{ teams: Team[]; passedOver: PassedOver[] }> {
  if (teamIds.length === 0) return { teams: [], passedOver: [] };
  const found = await tx.team.findMany({
    where: { tenantId, id: { in: [...teamIds] } },
    select: { id: true, name: true, _count: { select: { members: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  const locked = await lockedOf(tx, tenantId, teamIds);
  const whyNot = (id: string): PassedOver['why'] | null => {
    const team = found.find((one) => one.id === id);
    if (team === undefined) return 'removed';
    if (locked.has(id)) return 'locked';
    return team._count.members >= MAX_TEAM_PEOPLE ? 'full' : null;
  };
  return {
    teams: found.filter(({ id }) => whyNot(id) === null).map(({ id, name }) => ({ id, name })),
    passedOver: teamIds.flatMap((id) => {
      const why = whyNot(id);
      return why === null ? [] : [{ id, why }];
    }),
  };
}

/**
 * Puts who accepted into the teams of their invitation, each with its event; run under the lock of the organisation.
 *
 * @returns those that were passed over
 */
export async function joinTeams(
  tx: Tx,
  tenantId: string,
  person: Pick<SignedIn, 'personId' | 'personName' | 'ip'>,
  teamIds: readonly string[],
): Promise<PassedOver[]> {
  const { personId, personName } = person;
  const { teams, passedOver } = await readTeamsToJoin(tx, tenantId, teamIds);
  const inThem = await tx.teamMember.findMany({
    where: { tenantId, personId, teamId: { in: teams.map(({ id }) => id) } },
    select: { teamId: true },
  });
  const joined = teams.filter(({ id }) => inThem.every(({ teamId }) => teamId !== id));
  await tx.teamMember.createMany({ data: joined.map(({ id }) => ({ tenantId, teamId: id, personId })) });
  for (const team of joined)
    await recordEvent(tx, tenantId, {
      action: 'team.joined',
      ...doneBy(person),
      target: { kind: 'team', ...team },
      data: { member: { kind: 'person', id: personId, name: personName } },
    });
  return passedOver;
}

async function lockedOf(tx: Tx, tenantId: string, teamIds: readonly string[]): Promise<Set<string | null>> {
  const locks = await tx.emergencyLock.findMany({
    where: { tenantId, teamId: { in: [...teamIds] }, liftedAt: null },
    select: { teamId: true },
  });
  return new Set(locks.map(({ teamId }) => teamId));
}
