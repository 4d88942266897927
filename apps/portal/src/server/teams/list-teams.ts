import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { MAX_TEAMS } from './team-limits.ts';

export const listTeamsInput = z.strictObject({ ...inOrg });

export interface TeamRow {
  id: string;
  name: string;
  people: number;
  /** Grants that stand now; null for who may not read others' access. */
  grants: number | null;
}

/**
 * The teams of the organisation, by name: for sharing, one has to be able to name them.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listTeams(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  _input: z.infer<typeof listTeamsInput>,
): Promise<TeamRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'people.list');
    const teams = await tx.team.findMany({
      where: { tenantId: actor.tenantId },
      select: {
        id: true,
        name: true,
        _count: {
          select: {
            members: { where: { membership: { person: { disabledAt: null } } } },
            grants: { where: { endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: facts.now } }] } },
          },
        },
      },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: MAX_TEAMS,
    });
    const readsGrants = canInTenant(facts, 'grants.list').allowed;
    return teams.map(({ id, name, _count }) => ({
      id,
      name,
      people: _count.members,
      grants: readsGrants ? _count.grants : null,
    }));
  });
}
