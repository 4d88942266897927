import { canInTenant, type TenantRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type FactorOfPerson, factorsOf } from './factors-of.ts';
import { lastSeenOf } from './last-seen.ts';

export const listPeopleInput = z.strictObject({ ...inOrg });

export interface PersonRow {
  id: string;
  name: string;
  email: string;
  role: TenantRole;
  you: boolean;
  /** Null where they never did anything here, and for who may not read the log. */
  lastSeenAt: Date | null;
  /** Null for who may not read the log, where it stands that somebody set one up or turned it off. */
  factor: FactorOfPerson | null;
}

/**
 * Who belongs to the organisation, by name: for sharing, one has to be able to name them.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listPeople(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  _input: z.infer<typeof listPeopleInput>,
): Promise<PersonRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'people.list');
    const rows = await tx.membership.findMany({
      where: { tenantId: actor.tenantId, person: { disabledAt: null } },
      select: { role: true, person: { select: { id: true, name: true, email: true } } },
      orderBy: [{ person: { name: 'asc' } }, { personId: 'asc' }],
    });
    const ids = canInTenant(facts, 'log.read').allowed ? rows.map(({ person }) => person.id) : [];
    const seen = await lastSeenOf(tx, actor.tenantId, ids);
    const factors = await factorsOf(tx, actor.tenantId, ids);
    return rows.map(({ role, person }) => ({
      ...person,
      role,
      you: person.id === actor.personId,
      lastSeenAt: seen.get(person.id) ?? null,
      factor: factors.get(person.id) ?? null,
    }));
  });
}
