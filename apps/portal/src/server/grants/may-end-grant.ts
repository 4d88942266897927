import { can, type Facts, managesAll, type VmFacts } from '@porthole/rbac';

/**
 * Whether the actor may end a grant: on one machine, who may share it; on a tag or on all, who manages every machine
 * of the organisation by their place in it, and is not locked.
 */
export function mayEndGrant(facts: Facts, grant: { vm: VmFacts | null }): boolean {
  return grant.vm === null ? managesAll(facts) : can(facts, 'share', grant.vm).allowed;
}
