import { RIGHTS, type Right, type VmRole } from '@porthole/rbac';

/** The columns of a grant that its row on a page needs. */
export const grantFields = {
  id: true,
  personId: true,
  vmId: true,
  tag: true,
  allVms: true,
  role: true,
  rights: true,
  reason: true,
  endsAt: true,
  createdAt: true,
  createdBy: true,
  membership: { select: { person: { select: { id: true, name: true, email: true } } } },
  team: { select: { id: true, name: true } },
  request: { select: { id: true, kind: true, endedAt: true } },
  vm: {
    select: { id: true, tenantId: true, poolId: true, name: true, tags: true, isControlDomain: true },
  },
} as const;

/** What says whom a grant is for, over what, and what it gives. */
interface GrantParts {
  id: string;
  tag: string | null;
  vm: { id: string; name: string } | null;
  membership: { person: { id: string; name: string } } | null;
  team: { id: string; name: string } | null;
  role: VmRole | null;
  rights: readonly string[];
  endsAt: Date | null;
  reason: string;
}

/** The single rights of a grant's row. */
export function singleRights({ rights }: { rights: readonly string[] }): Right[] {
  return RIGHTS.filter((right) => rights.includes(right));
}

/** Target and data of a grant's events; `more` is what the kind of event adds. */
export function grantEventOf<More extends object>(grant: GrantParts, more: More) {
  const { id, vm, role, endsAt, reason } = grant;
  const receiver = receiverOf(grant);
  return {
    target:
      vm === null
        ? ({ kind: 'grant', id, name: receiver.name } as const)
        : ({ kind: 'vm', id: vm.id, name: vm.name } as const),
    data: {
      grantId: id,
      receiver,
      over: coverageOf(grant),
      role,
      rights: singleRights(grant),
      endsAt: endsAt?.toISOString() ?? null,
      reason,
      ...more,
    },
  };
}

/** Whom it is for, in the form of the log. */
function receiverOf({ id, membership, team }: GrantParts) {
  if (membership !== null)
    return { kind: 'person', id: membership.person.id, name: membership.person.name } as const;
  return { kind: 'team', id: team?.id ?? id, name: team?.name ?? '' } as const;
}

/** What it is over, in the form of the log. */
function coverageOf({ tag, vm }: GrantParts) {
  if (vm !== null) return { kind: 'vm', id: vm.id, name: vm.name } as const;
  return tag === null
    ? ({ kind: 'all', id: '', name: '' } as const)
    : ({ kind: 'tag', id: tag, name: tag } as const);
}
