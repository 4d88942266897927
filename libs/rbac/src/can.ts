import { ForbiddenError, NotFoundError } from '@porthole/errors';
import type { Facts, GrantFact, LockFact, VmFacts } from './facts.ts';
import { GUEST_RIGHTS, type GuestFact, isLinkAlive, makerOf } from './guest.ts';
import {
  ACTS_CLOSED_BY_LOCK,
  ACTS_OF_ROLE,
  BUNDLES,
  RIGHTS,
  type Right,
  STANDING_BUNDLE,
  type TenantAct,
} from './rights.ts';
import { SUPPORT_ACTS, SUPPORT_RIGHTS, type SupportFact, supportOf } from './support.ts';

/** Why the answer is no (`link-over`: a guest's link or visit has ended); the log keeps the word, a stranger reads none of them. */
export type Refusal =
  | 'session-ended'
  | 'person-disabled'
  | 'tenant-suspended'
  | 'not-a-member'
  | 'factor-missing'
  | 'factor-stale'
  | 'other-tenant'
  | 'locked'
  | 'control-domain'
  | 'no-grant'
  | 'link-over';

/** Yes with what gives it, or no with its reason. */
export type Decision =
  | {
      allowed: true;
      because:
        | { kind: 'role' }
        | { kind: 'grant'; grantId: string; endsAt: Date | null }
        | { kind: 'guest-link'; linkId: string; endsAt: Date }
        | { kind: 'support'; grantId: string; endsAt: Date };
    }
  | { allowed: false; reason: Refusal };

const no = (reason: Refusal): Decision => ({ allowed: false, reason });

/**
 * The one function that decides who may do what with a machine. Pure: everything it knows is in its arguments.
 * Reasons that concern the person come first, then the organisation, locks, and last the grants, so that a lock
 * always wins and an ended grant gives nothing.
 */
export function can(facts: Facts, right: Right, vm: VmFacts): Decision {
  const standing = personStanding(facts);
  if (standing !== null) return no(standing);
  if (facts.guest != null) return asGuest(facts, facts.guest, right, vm);
  if (vm.tenantId !== facts.tenantId) return no('other-tenant');
  if (facts.locks.some((lock) => locks(lock, facts, vm))) return no('locked');
  const support = supportOf(facts);
  if (support !== null) return asSupport(support, right, vm);
  if (vm.isControlDomain && !grantOf(facts, 'host-console', vm).allowed) return no('control-domain');
  if (!vm.isControlDomain && right === 'host-console') return no('control-domain');
  return grantOf(facts, right, vm);
}

/**
 * {@link can} for the moment in which a console opens: there the organisation may ask for a second factor that was proved
 * just now. What is open stays open when the proof grows old.
 *
 * @param graceMs how long ago at most it was asked whether this console may open, for who redeems the answer
 */
export function canOpen(facts: Facts, right: Right, vm: VmFacts, graceMs = 0): Decision {
  const decision = can(facts, right, vm);
  return decision.allowed && isFactorStale(facts, graceMs) ? no('factor-stale') : decision;
}

function isFactorStale({ now, factorAt, factorPolicy, guest }: Facts, graceMs: number): boolean {
  if (guest != null) return false;
  const { consoleMaxAgeMs } = factorPolicy;
  if (consoleMaxAgeMs === null) return false;
  return factorAt === null || now.getTime() - factorAt.getTime() > consoleMaxAgeMs + graceMs;
}

/** Whether something about the person or the organisation forbids everything; null if nothing does. */
export function personStanding(facts: Facts): Refusal | null {
  if (facts.personDisabled) return 'person-disabled';
  if (!facts.sessionAlive) return 'session-ended';
  if (facts.tenantSuspended) return 'tenant-suspended';
  if (facts.role === null && supportOf(facts) === null) return 'not-a-member';
  if (facts.guest != null) return isLinkAlive(facts.guest, facts.now) ? null : 'link-over';
  if (facts.factorPolicy.required && facts.factorAt === null) return 'factor-missing';
  return null;
}

/** Every right of the actor on the machine, in the order of {@link RIGHTS}. */
export function rightsOn(facts: Facts, vm: VmFacts): Right[] {
  return RIGHTS.filter((right) => can(facts, right, vm).allowed);
}

/**
 * Lets the caller go on, or throws: not-found to who may not even look, so that nothing is told apart from absence,
 * and forbidden to who may look but not do this.
 *
 * @throws NotFoundError `vm/not-found`, ForbiddenError `rbac/forbidden`
 */
export function assertCan(facts: Facts, right: Right, vm: VmFacts): void {
  const decision = can(facts, right, vm);
  if (decision.allowed) return;
  const details = { right, vmId: vm.id, refusal: decision.reason };
  if (decision.reason === 'locked' && vm.tenantId === facts.tenantId)
    throw new ForbiddenError(decision.reason, details);
  if (right !== 'look' && can(facts, 'look', vm).allowed) throw new ForbiddenError(decision.reason, details);
  throw new NotFoundError('vm', details);
}

/** Whether the actor's role in the organisation carries the act. */
export function canInTenant(facts: Facts, act: TenantAct): Decision {
  const standing = personStanding(facts);
  if (standing !== null) return no(standing);
  if (facts.guest != null) return no('not-a-member');
  if (ACTS_CLOSED_BY_LOCK.includes(act) && isLocked(facts)) return no('locked');
  const acts: readonly TenantAct[] = facts.role === null ? SUPPORT_ACTS : ACTS_OF_ROLE[facts.role];
  const carries = acts.includes(act);
  return carries ? { allowed: true, because: { kind: 'role' } } : no('no-grant');
}

/**
 * Whether the actor manages every machine of the organisation by their place in it, and no lock is on them: what is asked where
 * something is given over all machines or over a tag, whichever machines those will be.
 */
export function canOverAll(facts: Facts): Decision {
  const standing = personStanding(facts);
  if (standing !== null) return no(standing);
  if (facts.guest != null || facts.role === null || STANDING_BUNDLE[facts.role] !== 'manager')
    return no('no-grant');
  const onActor = facts.locks.some(({ target }) => target.kind !== 'vm' && target.kind !== 'pool');
  return onActor ? no('locked') : { allowed: true, because: { kind: 'role' } };
}

/**
 * Whether the actor manages every machine of the organisation by their place in it and may act now: what is asked where something is
 * taken away that others have, which locks of anything but the actor themself are no reason against.
 */
export function managesAll(facts: Facts): boolean {
  if (personStanding(facts) !== null || facts.guest != null || facts.role === null) return false;
  return STANDING_BUNDLE[facts.role] === 'manager' && !isLocked(facts);
}

/** Whether a lock is over the very person who acts. */
export function isLocked({ locks: all, personId }: Facts): boolean {
  return all.some(({ target }) => target.kind === 'person' && target.personId === personId);
}

/** The earliest end among the grants that could bear on the machine; live seats are re-judged then. */
export function earliestEnd(facts: Facts, vm: VmFacts): Date | null {
  const ends = facts.grants.flatMap((grant) =>
    grant.endsAt !== null && isLive(grant, facts.now) && covers(grant, vm) ? [grant.endsAt] : [],
  );
  if (facts.guest != null) ends.push(facts.guest.endsAt);
  const support = supportOf(facts);
  if (support !== null) ends.push(support.endsAt);
  return ends.reduce<Date | null>((first, end) => (first === null || end < first ? end : first), null);
}

/**
 * A guest has what the link says, of what its maker has and may share at this very moment; on one machine, and on no
 * control domain.
 */
function asGuest(facts: Facts, guest: GuestFact, right: Right, vm: VmFacts): Decision {
  const gives = GUEST_RIGHTS.some((one) => one === right) && guest.rights.includes(right);
  if (vm.id !== guest.vmId || !gives) return no('no-grant');
  if (vm.isControlDomain) return no('control-domain');
  const maker = makerOf(facts);
  let { endsAt } = guest;
  for (const needed of ['share', right] as const) {
    const decision = can(maker, needed, vm);
    if (!decision.allowed) return decision;
    const end = decision.because.kind === 'grant' ? decision.because.endsAt : null;
    if (end !== null && end < endsAt) endsAt = end;
  }
  return { allowed: true, because: { kind: 'guest-link', linkId: guest.linkId, endsAt } };
}

/** Support has what the organisation gave, of little, on every machine it holds and on no host. */
function asSupport({ grantId, rights, endsAt }: SupportFact, right: Right, vm: VmFacts): Decision {
  if (vm.isControlDomain) return no('control-domain');
  const gives = SUPPORT_RIGHTS.some((one) => one === right) && rights.some((one) => one === right);
  return gives ? { allowed: true, because: { kind: 'support', grantId, endsAt } } : no('no-grant');
}

function grantOf(facts: Facts, right: Right, vm: VmFacts): Decision {
  const standing = facts.role === null ? null : STANDING_BUNDLE[facts.role];
  if (standing !== null && BUNDLES[standing].includes(right))
    return { allowed: true, because: { kind: 'role' } };
  const giving = facts.grants.filter(
    (grant) => isLive(grant, facts.now) && covers(grant, vm) && grant.rights.includes(right),
  );
  const lasting = giving.reduce<GrantFact | null>(
    (best, grant) => (best === null || outlasts(grant, best) ? grant : best),
    null,
  );
  return lasting === null
    ? no('no-grant')
    : { allowed: true, because: { kind: 'grant', grantId: lasting.id, endsAt: lasting.endsAt } };
}

/** Whether a grant has not ended. */
export function isLive(grant: GrantFact, now: Date): boolean {
  return grant.endsAt === null || grant.endsAt > now;
}

function outlasts(grant: GrantFact, other: GrantFact): boolean {
  if (other.endsAt === null) return false;
  return grant.endsAt === null || grant.endsAt > other.endsAt;
}

/** Whether a machine is among what a grant is over. */
export function covers(grant: GrantFact, vm: VmFacts): boolean {
  switch (grant.target.kind) {
    case 'all':
      return true;
    case 'tag':
      return vm.tags.includes(grant.target.tag);
    case 'vm':
      return grant.target.vmId === vm.id;
  }
}

function locks(lock: LockFact, facts: Facts, vm: VmFacts): boolean {
  switch (lock.target.kind) {
    case 'tenant':
      return true;
    case 'team':
      return true;
    case 'person':
      return lock.target.personId === facts.personId;
    case 'vm':
      return lock.target.vmId === vm.id;
    case 'pool':
      return lock.target.poolId === vm.poolId;
  }
}
