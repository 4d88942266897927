import { recordEvent } from '@porthole/audit';
import { AppError, NotFoundError } from '@porthole/errors';
import {
  assertCan,
  BUNDLES,
  can,
  type Facts,
  rightsOn,
  VM_ROLES,
  type VmFacts,
  type VmRole,
} from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';

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
    assertNoMoreThanOwn(facts, vm, role, endsAt);
    const member = await tx.membership.findFirst({
      where: { tenantId: actor.tenantId, personId, person: { disabledAt: null } },
      select: { person: { select: { id: true, name: true } } },
    });
    if (member === null) throw new NotFoundError('person', { personId });
    const grant = await tx.accessGrant.create({
      data: {
        tenantId: actor.tenantId,
        personId,
        vmId: vm.id,
        role,
        endsAt,
        reason,
        createdBy: actor.personId,
      },
      select: { id: true },
    });
    await recordEvent(tx, actor.tenantId, {
      action: 'grant.given',
      ...doneBy(actor),
      target: { kind: 'vm', id: vm.id, name: vm.name },
      data: {
        grantId: grant.id,
        receiver: { kind: 'person', id: personId, name: member.person.name },
        over: { kind: 'vm', id: vm.id, name: vm.name },
        role,
        endsAt: endsAt?.toISOString() ?? null,
        reason,
      },
    });
    return { grantId: grant.id };
  });
}

/** Nobody gives away what they don't have, nor for longer than they have it. */
export function assertNoMoreThanOwn(facts: Facts, vm: VmFacts, role: VmRole, endsAt: Date | null): void {
  if (endsAt !== null && endsAt <= facts.now)
    throw new AppError({
      code: 'grant/past-end',
      publicMessage: 'The end lies in the past. Choose a later one.',
    });
  const own = rightsOn(facts, vm);
  // host-console means something on control domains alone; elsewhere nobody has it, and it gives nothing.
  const given = BUNDLES[role].filter((right) => right !== 'host-console' || vm.isControlDomain);
  if (!given.every((right) => own.includes(right)))
    throw new AppError({
      code: 'grant/more-than-own',
      publicMessage: 'That role includes more than you have on this machine. Choose a smaller one.',
      details: { role, own },
    });
  for (const right of given) {
    const decision = can(facts, right, vm);
    const ownEnd = decision.allowed && decision.because.kind === 'grant' ? decision.because.endsAt : null;
    if (ownEnd !== null && (endsAt === null || endsAt > ownEnd))
      throw new AppError({
        code: 'grant/longer-than-own',
        publicMessage: 'Your own access to this machine ends sooner. Choose an end no later than yours.',
        details: { ownEnd: ownEnd.toISOString() },
      });
  }
}
