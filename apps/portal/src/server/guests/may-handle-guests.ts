import type { Tx } from '@porthole/db';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { can, canInTenant, type Facts } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { mayCloseSeat } from '../live/may-close-seat.ts';
import { machineFields, type VmRow } from '../machines/machine-row.ts';

export const guestLinkFields = {
  id: true,
  vmId: true,
  vmName: true,
  guestName: true,
  email: true,
  rights: true,
  oneVisit: true,
  door: true,
  reason: true,
  endsAt: true,
  tokenId: true,
  createdAt: true,
  createdBy: true,
  createdName: true,
  visitedAt: true,
  endedAt: true,
  endedBy: true,
  endedName: true,
} as const;

/** The machines of some links, as far as the organisation has them still. */
export async function machinesOf(tx: Tx, tenantId: string, ids: readonly string[]) {
  const machines = await tx.vm.findMany({
    where: { tenantId, id: { in: [...new Set(ids)] }, goneAt: null },
    select: machineFields,
  });
  return new Map<string, VmRow>(machines.map((vm) => [vm.id, vm]));
}

/** Who reads of a link: who may share its machine, made it, or reads all access of the organisation. */
export function mayReadLink(
  facts: Facts,
  actor: Pick<Actor, 'personId'>,
  link: { createdBy: string },
  vm: VmRow | null,
) {
  if (canInTenant(facts, 'grants.list').allowed) return true;
  return link.createdBy === actor.personId || (vm !== null && can(facts, 'share', vm).allowed);
}

/** Who ends one: as with a seat, who may share the machine or manages all; and who made it. */
export function mayEndLink(
  facts: Facts,
  actor: Pick<Actor, 'personId'>,
  link: { createdBy: string },
  vm: VmRow | null,
) {
  return link.createdBy === actor.personId || mayCloseSeat(facts, vm);
}

/**
 * A link that the actor may read of, with its machine. Absent, foreign and unseen ones are one answer.
 *
 * @throws NotFoundError `guest-link/not-found`
 */
export async function findLink(tx: Tx, actor: Actor, linkId: string) {
  const facts = await factsOf(tx, actor);
  const link = await tx.guestLink.findFirst({
    where: { tenantId: actor.tenantId, id: linkId },
    select: guestLinkFields,
  });
  if (link === null) throw new NotFoundError('guest-link', { linkId, why: 'absent' });
  const vm = (await machinesOf(tx, actor.tenantId, [link.vmId])).get(link.vmId) ?? null;
  if (!mayReadLink(facts, actor, link, vm)) throw new NotFoundError('guest-link', { linkId, why: 'unseen' });
  return { facts, link, vm };
}

/** @throws ForbiddenError `rbac/forbidden` */
export function assertMayEnd(
  facts: Facts,
  actor: Actor,
  link: { id: string; vmId: string; createdBy: string },
  vm: VmRow | null,
) {
  if (!mayEndLink(facts, actor, link, vm))
    throw new ForbiddenError('no-share', { linkId: link.id, vmId: link.vmId });
}
