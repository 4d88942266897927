export {
  ALLOTMENT_KINDS,
  type AllotmentCause,
  type AllotmentKind,
  type AllotmentRule,
  type AllottedVm,
  compileAllotment,
  type Holding,
  MAX_PATTERN_LENGTH,
  MAX_RULES,
} from './allotment.ts';
export {
  assertCan,
  can,
  canInTenant,
  canOpen,
  canOverAll,
  type Decision,
  earliestEnd,
  isLocked,
  managesAll,
  personStanding,
  type Refusal,
  rightsOn,
} from './can.ts';
export { type Explanation, explain, type Reason } from './explain.ts';
export type { FactorPolicy, Facts, GrantFact, GrantTarget, LockFact, LockTarget, VmFacts } from './facts.ts';
export { GUEST_RIGHTS, type GuestFact, type GuestRight, isLinkAlive } from './guest.ts';
export {
  ACT_RULES,
  isForce,
  isReboot,
  POWER_ACTS,
  POWER_CAUSES,
  POWER_FAILURES,
  POWER_STATES,
  type PowerAct,
  type PowerFailure,
  type PowerState,
  WAIT_FOR_POOL_MS,
} from './power-acts.ts';
export {
  ACTS_CLOSED_BY_LOCK,
  ACTS_OF_ROLE,
  BUNDLES,
  mayHandle,
  RIGHTS,
  type Right,
  ROLES_OF_KIND,
  rightsGiven,
  SINGLE_RIGHTS,
  STANDING_BUNDLE,
  TENANT_ACTS,
  TENANT_ROLES,
  type TenantAct,
  type TenantRole,
  VM_ROLES,
  type VmRole,
} from './rights.ts';
export { SUPPORT_ACTS, SUPPORT_RIGHTS, type SupportFact, type SupportRight, supportOf } from './support.ts';
