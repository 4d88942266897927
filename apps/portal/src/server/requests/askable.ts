import { BUNDLES, can, type Facts, type Right, VM_ROLES, type VmFacts, type VmRole } from '@porthole/rbac';

/** Rights of a role that mean something on the machine. */
function rightsOf(role: VmRole, vm: VmFacts): Right[] {
  return BUNDLES[role].filter((right) => right !== 'host-console' || vm.isControlDomain);
}

/** Roles by which the person would get more than they have for good; nothing for support, which is no member. */
export function askableRoles(facts: Facts, vm: VmFacts): VmRole[] {
  if (facts.role === null) return [];
  return VM_ROLES.filter((role) =>
    rightsOf(role, vm).some((right) => {
      const decision = can(facts, right, vm);
      return !decision.allowed || (decision.because.kind === 'grant' && decision.because.endsAt !== null);
    }),
  );
}

/** An emergency is for who may not type on the machine at all. */
export function mayBreakGlass(facts: Facts, vm: VmFacts, rule: string | undefined): boolean {
  return facts.role !== null && rule === 'on' && !vm.isControlDomain && !can(facts, 'type', vm).allowed;
}
