import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { mayHandle, type TenantRole } from '@porthole/rbac';
import type { Actor } from '../actor.ts';

/** A person in an organisation. */
export interface Member {
  personId: string;
  name: string;
  role: TenantRole;
}

/**
 * A member of the actor's organisation.
 *
 * @throws NotFoundError `person/not-found` for absent, foreign and disabled people
 */
export async function loadMember(
  tx: Tx,
  { tenantId }: Pick<Actor, 'tenantId'>,
  personId: string,
): Promise<Member> {
  const found = await tx.membership.findFirst({
    where: { tenantId, personId, person: { disabledAt: null } },
    select: { role: true, person: { select: { name: true } } },
  });
  if (found === null) throw new NotFoundError('person', { personId });
  return { personId, name: found.person.name, role: found.role };
}

/**
 * Owners are handled by owners alone.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export function assertHandles(own: TenantRole | null, ...roles: TenantRole[]): void {
  if (own === null || !roles.every((role) => mayHandle(own, role)))
    throw new ForbiddenError('owners-alone', { own, roles });
}

/**
 * Lets a member stop being owner only where another owner stays. Under `lockAuthority()`, so that of two owners who go at
 * once one is told.
 *
 * @throws AppError `person/last-owner`
 */
export async function assertOwnerStays(
  tx: Tx,
  actor: Pick<Actor, 'tenantId' | 'tenantName'>,
  member: Member,
): Promise<void> {
  if (member.role !== 'owner') return;
  const others = await countOtherOwners(tx, actor.tenantId, member.personId);
  if (others === 0)
    throw new AppError({
      code: 'person/last-owner',
      publicMessage: `${actor.tenantName} needs an owner. Make someone else owner first.`,
    });
}

/** Owners beside this one who can sign in. */
export function countOtherOwners(tx: Tx, tenantId: string, personId: string): Promise<number> {
  return tx.membership.count({
    where: { tenantId, role: 'owner', personId: { not: personId }, person: { disabledAt: null } },
  });
}
