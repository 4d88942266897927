import { can, type Facts, personStanding, STANDING_BUNDLE, type VmFacts } from '@porthole/rbac';

/**
 * Whether the actor may end a grant: on one machine, who may share it; on a tag or on all, who manages every machine
 * of the organisation by their place in it.
 */
export function mayEndGrant(facts: Facts, grant: { vm: VmFacts | null }): boolean {
  if (grant.vm !== null) return can(facts, 'share', grant.vm).allowed;
  const manages = facts.role !== null && STANDING_BUNDLE[facts.role] === 'manager';
  return manages && personStanding(facts) === null;
}
