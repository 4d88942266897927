import { ACTS_OF_ROLE, type TenantRole } from '@porthole/rbac';
import type { TenantKind } from '../../server/actor.ts';

/** Pages of the primary navigation that stand today, by their place in the address. */
export type Place = 'machines' | 'people' | 'live' | 'log' | 'pools';

export interface Membership {
  kind: TenantKind;
  role: TenantRole;
}

/** What the navigation of a role holds, its home first (design §2). */
export function placesOf({ kind, role }: Membership): readonly Place[] {
  const acts = ACTS_OF_ROLE[role];
  const wanted = orderOf(kind, role);
  return wanted.filter(
    (place) =>
      (place === 'machines' && acts.includes('machines.list')) ||
      (place === 'people' && acts.includes('people.list')) ||
      (place === 'live' && acts.includes('consoles.list')) ||
      (place === 'log' && acts.includes('log.read')) ||
      (place === 'pools' && acts.includes('pools.read')),
  );
}

/** Where a role starts. */
export function homeOf(membership: Membership): Place {
  return placesOf(membership)[0] ?? 'machines';
}

function orderOf(kind: TenantKind, role: TenantRole): readonly Place[] {
  if (kind === 'provider') return ['pools', 'machines', 'live', 'log', 'people'];
  if (role === 'auditor') return ['log', 'live', 'machines'];
  if (role === 'member') return ['machines'];
  return ['machines', 'people', 'live', 'log'];
}
