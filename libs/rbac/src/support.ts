import type { Facts } from './facts.ts';
import type { Right, TenantAct } from './rights.ts';

/** What support can be given at most: never copying, power, discs or sharing, and never a host. */
export const SUPPORT_RIGHTS = ['look', 'type'] as const satisfies readonly Right[];
export type SupportRight = (typeof SUPPORT_RIGHTS)[number];

/** What support may do in an organisation beside its consoles: find the machine. No people, no pools, no log, no policy. */
export const SUPPORT_ACTS = ['machines.list'] as const satisfies readonly TenantAct[];

/** The grant of the organisation by which somebody of the provider's is inside. */
export interface SupportFact {
  grantId: string;
  rights: readonly SupportRight[];
  endsAt: Date;
}

/**
 * The grant that the one who acts stands on: none where they belong to the organisation, for then their own role counts and
 * nothing besides, nor where its time is over.
 */
export function supportOf({ role, support, guest, now }: Facts): SupportFact | null {
  if (role !== null || guest != null || support == null) return null;
  return support.endsAt > now ? support : null;
}
