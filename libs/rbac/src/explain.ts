import { can, covers, isLive, personStanding, type Refusal, rightsOn } from './can.ts';
import type { Facts, VmFacts } from './facts.ts';
import { BUNDLES, RIGHTS, type Right, STANDING_BUNDLE } from './rights.ts';

/** One thing that gives rights on a machine. */
export type Reason =
  | { readonly kind: 'role'; readonly rights: readonly Right[] }
  | { readonly kind: 'grant'; readonly grantId: string; readonly rights: readonly Right[] };

/** What a person may do with a machine, with everything that gives it: {@link can} itself names only what lasts longest. */
export interface Explanation {
  readonly rights: readonly Right[];
  /** Why there are none though something would give them; null where nothing is in the way. */
  readonly barred: Refusal | null;
  readonly because: readonly Reason[];
}

/** Why a person may do what with a machine; the rights are those of {@link can}, never more. */
export function explain(facts: Facts, vm: VmFacts): Explanation {
  const possible: readonly Right[] = RIGHTS.filter(
    (right) => right !== 'host-console' || vm.isControlDomain === true,
  );
  const because: Reason[] = [];
  const standing = facts.role === null ? null : STANDING_BUNDLE[facts.role];
  const given = (rights: readonly Right[]) => possible.filter((right) => rights.includes(right));
  if (vm.tenantId === facts.tenantId) {
    if (standing !== null) because.push({ kind: 'role', rights: given(BUNDLES[standing]) });
    for (const grant of facts.grants)
      if (isLive(grant, facts.now) && covers(grant, vm))
        because.push({ kind: 'grant', grantId: grant.id, rights: given(grant.rights) });
  }
  const rights = rightsOn(facts, vm);
  return { rights, barred: because.length > 0 && rights.length === 0 ? barrier(facts, vm) : null, because };
}

function barrier(facts: Facts, vm: VmFacts): Refusal | null {
  const standing = personStanding(facts);
  if (standing !== null) return standing;
  const decision = can(facts, 'look', vm);
  return decision.allowed ? null : decision.reason;
}
