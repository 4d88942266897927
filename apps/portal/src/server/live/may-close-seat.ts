import { can, type Facts, managesAll, type VmFacts } from '@porthole/rbac';

/**
 * Whether the actor may end another's console: who may share the machine, and who manages every machine of the
 * organisation by their place in it, also where the machine is locked, gone or no longer the organisation's; not who is
 * locked themself.
 *
 * @param vm null where it is not the organisation's any more
 */
export function mayCloseSeat(facts: Facts, vm: VmFacts | null): boolean {
  return managesAll(facts) || (vm !== null && can(facts, 'share', vm).allowed);
}
