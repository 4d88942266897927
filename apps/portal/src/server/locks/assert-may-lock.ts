import type { Tx } from '@porthole/db';
import { ForbiddenError } from '@porthole/errors';
import { canInTenant, type Facts, isLocked } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { factsOf } from '../authority/facts-of.ts';

/**
 * Lets go on who may set locks. Who is locked sets none.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export function assertMaySet(tx: Tx, actor: Actor): Promise<Facts> {
  return assertInTenant(tx, actor, 'locks.manage');
}

/**
 * Lets go on who may lift locks. Who is locked lifts none, or an account in the wrong hands would free itself; but an owner
 * does where no other owner is free, so that an organisation always has a way back of its own.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function assertMayLift(tx: Tx, actor: Actor): Promise<Facts> {
  const facts = await factsOf(tx, actor);
  const byRole = canInTenant({ ...facts, locks: [] }, 'locks.manage');
  if (!byRole.allowed) throw new ForbiddenError(byRole.reason, { act: 'locks.manage' });
  if (isLocked(facts) && (facts.role !== 'owner' || (await countFreeOwners(tx, actor.tenantId)) > 0))
    throw new ForbiddenError('locked', { act: 'locks.manage' });
  return facts;
}

/** Owners who can sign in and over whom no lock is. */
async function countFreeOwners(tx: Tx, tenantId: string): Promise<number> {
  const locked = await tx.emergencyLock.findMany({
    where: { tenantId, liftedAt: null, personId: { not: null } },
    select: { personId: true },
  });
  const ids = locked.flatMap(({ personId }) => (personId === null ? [] : [personId]));
  return tx.membership.count({
    where: { tenantId, role: 'owner', personId: { notIn: ids }, person: { disabledAt: null } },
  });
}
