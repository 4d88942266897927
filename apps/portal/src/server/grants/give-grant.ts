import { NotFoundError } from '@porthole/errors';
import { assertCan, BUNDLES, type Facts, VM_ROLES, type VmFacts, type VmRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { assertGivesOwn } from './assert-gives-own.ts';
import { createGrant } from './create-grant.ts';

/** The last moment that ISO 8601 writes with four digits of a year. */
const LATEST_END = new Date('9999-12-31T23:59:59Z');

export const giveGrantInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  personId: z.uuid(),
  role: z.enum(VM_ROLES),
  endsAt: z.date().max(LATEST_END).nullable(),
  reason: lineSchema(0, 500),
});

/**
 * Shares a machine with a member. Open consoles learn of it within two seconds, by the epoch that a trigger bumps.
 *
 * @throws NotFoundError `vm/not-found`, `person/not-found`; ForbiddenError `rbac/forbidden`; AppError
 *   `grant/past-end`, `grant/more-than-own`, `grant/longer-than-own`
 */
export async function giveGrant(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { vmId, personId, role, endsAt, reason }: z.infer<typeof giveGrantInput>,
): Promise<{ grantId: string }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    assertCan(facts, 'share', vm);
    assertGivesOwnRole(facts, vm, role, endsAt);
    const member = await tx.membership.findFirst({
      where: { tenantId: actor.tenantId, personId, person: { disabledAt: null } },
      select: { person: { select: { id: true, name: true } } },
    });
    if (member === null) throw new NotFoundError('person', { personId });
    const receiver = member.person;
    const grantId = await createGrant(tx, actor, { vm, receiver, role, endsAt, reason, requestId: null });
    return { grantId };
  });
}

/** {@link assertGivesOwn} for a whole role. */
export function assertGivesOwnRole(facts: Facts, vm: VmFacts, role: VmRole, endsAt: Date | null): void {
  assertGivesOwn(facts, vm, {
    // host-console means something on control domains alone; elsewhere nobody has it, and it gives nothing.
    rights: BUNDLES[role].filter((right) => right !== 'host-console' || vm.isControlDomain),
    endsAt,
    more: 'That role includes more than you have on this machine. Choose a smaller one.',
  });
}
