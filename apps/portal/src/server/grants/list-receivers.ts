import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';

export const listReceiversInput = z.strictObject({ ...inOrg });

export interface Receivers {
  people: { id: string; name: string; email: string }[];
  teams: { id: string; name: string; people: number }[];
}

/**
 * Whom something can be shared with, by name: members and teams.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listReceivers(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  _input: z.infer<typeof listReceiversInput>,
): Promise<Receivers> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'people.list');
    const members = await tx.membership.findMany({
      where: { tenantId, person: { disabledAt: null } },
      select: { person: { select: { id: true, name: true, email: true } } },
      orderBy: [{ person: { name: 'asc' } }, { personId: 'asc' }],
    });
    const teams = await tx.team.findMany({
      where: { tenantId },
      select: { id: true, name: true, _count: { select: { members: true } } },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    });
    return {
      people: members.map(({ person }) => person),
      teams: teams.map(({ id, name, _count }) => ({ id, name, people: _count.members })),
    };
  });
}
