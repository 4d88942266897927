import type { Tx } from '@porthole/db';
import { STANDING_BUNDLE, TENANT_ROLES, type VmFacts } from '@porthole/rbac';

/** Enough to ask one of them; a page has no room for more. */
const MOST_NAMES = 5;

/** Names of people who can share the machine: by their place in the organisation, and by a grant that lets them. */
export async function findSharers(tx: Tx, tenantId: string, vm: VmFacts, now: Date): Promise<string[]> {
  const byRole = await findManagers(tx, tenantId);
  const byGrant = await tx.accessGrant.findMany({
    where: {
      tenantId,
      endedAt: null,
      personId: { not: null },
      AND: [
        { OR: [{ role: 'manager' }, { rights: { has: 'share' } }] },
        { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        { OR: [{ vmId: vm.id }, { tag: { in: [...vm.tags] } }, { allVms: true }] },
      ],
    },
    select: { membership: { select: { person: { select: { name: true } } } } },
    take: MOST_NAMES,
  });
  const names = [
    ...byRole,
    ...byGrant.flatMap(({ membership }) => (membership === null ? [] : [membership.person.name])),
  ];
  return [...new Set(names)].slice(0, MOST_NAMES);
}

/** Names of people who can share every machine by their place in the organisation. */
export async function findManagers(tx: Tx, tenantId: string): Promise<string[]> {
  const managing = TENANT_ROLES.filter((role) => STANDING_BUNDLE[role] === 'manager');
  const found = await tx.membership.findMany({
    where: { tenantId, role: { in: managing }, person: { disabledAt: null } },
    select: { person: { select: { name: true } } },
    orderBy: { createdAt: 'asc' },
    take: MOST_NAMES,
  });
  return found.map(({ person }) => person.name);
}
