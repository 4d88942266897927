import { ACTS_OF_ROLE, type TenantAct, type TenantRole } from '@porthole/rbac';
import type { TenantKind } from '../../server/actor.ts';

/** Pages of the primary navigation that stand today, by their place in the address. */
export type Place =
  | 'machines'
  | 'requests'
  | 'people'
  | 'access'
  | 'live'
  | 'log'
  | 'pools'
  | 'policy'
  | 'organisations'
  | 'support';

/** Without which a page has nothing for a person. */
const ACT_OF_PLACE: Record<Place, TenantAct> = {
  machines: 'machines.list',
  requests: 'machines.list',
  people: 'people.list',
  access: 'grants.list',
  live: 'consoles.list',
  log: 'log.read',
  pools: 'pools.read',
  policy: 'policy.read',
  organisations: 'organisations.manage',
  support: 'support.enter',
};

export interface Membership {
  kind: TenantKind;
  role: TenantRole;
}

/** What the navigation of a role holds, its home first (design §2). */
export function placesOf({ kind, role }: Membership): readonly Place[] {
  return orderOf(kind, role).filter((place) => ACTS_OF_ROLE[role].includes(ACT_OF_PLACE[place]));
}

/** All that a role may open: its navigation, and behind it what is read too seldom to stand there. */
export function pagesOf(membership: Membership): readonly Place[] {
  const places = placesOf(membership);
  // Policy is an auditor's to read, and emergencies are theirs to review; design §2 keeps both out of their navigation.
  const reads = ACTS_OF_ROLE[membership.role].includes(ACT_OF_PLACE.policy);
  // Support that visits asks for nothing; those who read of it have it beside the policy.
  const visits = membership.kind === 'customer' && membership.role === 'support';
  const supports = ACTS_OF_ROLE[membership.role].includes(
    membership.kind === 'provider' ? 'support.enter' : 'support.read',
  );
  const more: Place[] = [
    ...(visits ? [] : (['requests'] as const)),
    ...(reads ? (['policy'] as const) : []),
    ...(supports ? (['support'] as const) : []),
  ];
  return [...places, ...more.filter((place) => !places.includes(place))];
}

/** Where a role starts. */
export function homeOf(membership: Membership): Place {
  return placesOf(membership)[0] ?? 'machines';
}

function orderOf(kind: TenantKind, role: TenantRole): readonly Place[] {
  if (kind === 'provider' && role === 'support') return ['support', 'pools', 'machines'];
  if (role === 'support') return ['machines'];
  if (kind === 'provider')
    return ['pools', 'machines', 'live', 'access', 'log', 'people', 'policy', 'organisations'];
  if (role === 'auditor') return ['log', 'live', 'access', 'machines'];
  if (role === 'member') return ['machines', 'requests'];
  return ['machines', 'requests', 'people', 'access', 'live', 'log', 'policy'];
}
