import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { AppError } from '@porthole/errors';
import { ROLES_OF_KIND, TENANT_ROLES, type TenantRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertHandles, assertOwnerStays, loadMember } from './member.ts';

export const setRoleInput = z.strictObject({ ...inOrg, personId: z.uuid(), role: z.enum(TENANT_ROLES) });

/**
 * Gives a member another role. Their open consoles follow within two seconds, by the epoch that a trigger bumps.
 *
 * @throws NotFoundError `person/not-found`; ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; AppError `person/last-owner`,
 *   `person/no-such-role`
 */
export async function setRole(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { personId, role }: z.infer<typeof setRoleInput>,
): Promise<{ role: TenantRole }> {
  const { tenantId, tenantKind, tenantName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await assertInTenant(tx, actor, 'people.manage');
    const member = await loadMember(tx, actor, personId);
    assertHandles(facts.role, member.role, role);
    if (!ROLES_OF_KIND[tenantKind].includes(role))
      throw new AppError({ code: 'person/no-such-role', publicMessage: `${tenantName} has no such role.` });
    if (member.role === role) return { role };
    assertConfirmed(actor, facts.now);
    await assertOwnerStays(tx, actor, member);
    await tx.membership.updateMany({ where: { tenantId, personId }, data: { role } });
    await recordEvent(tx, tenantId, {
      action: 'member.role',
      ...doneBy(actor),
      target: { kind: 'person', id: personId, name: member.name },
      data: { before: member.role, after: role },
    });
    return { role };
  });
}
