import { createHash } from 'node:crypto';
import { type AllotmentCause, type AllotmentRule, compileAllotment } from '@porthole/rbac';
import type { LoadedAllotment, PoolMachine } from './load-allotment.ts';

/** A draft with organisations by id. */
export interface ResolvedDraft {
  rules: readonly AllotmentRule[];
  /** By machine: whom a hand gives it to, or null for back to the rules. */
  hands: ReadonlyMap<string, string | null>;
}

export interface PlannedMove {
  vm: PoolMachine;
  toTenantId: string;
  because: AllotmentCause;
}

/** Who would hold each machine by the draft, and why. */
export function judge(
  { machines }: Pick<LoadedAllotment, 'machines'>,
  draft: ResolvedDraft,
  ownerTenantId: string,
): PlannedMove[] {
  const holderOf = compileAllotment(draft.rules, ownerTenantId);
  return machines.map((vm) => {
    const stands = vm.byHand ? vm.tenantId : null;
    const hand = draft.hands.get(vm.id);
    const { holderTenantId, because } = holderOf({ ...vm, handTenantId: hand === undefined ? stands : hand });
    return { vm, toTenantId: holderTenantId, because };
  });
}

/** Those of them that have another holder now. */
export function movesOf(judged: readonly PlannedMove[]): PlannedMove[] {
  return judged.filter(({ vm, toTenantId }) => vm.tenantId !== toTenantId);
}

/**
 * Stands for exactly what a person saw: the rules and hands that were there, those that are to be, and each machine that moves.
 * Who sits at a console is left out, since that changes by the second and is shown anew in the question.
 */
export function fingerprintOf(
  { version }: LoadedAllotment,
  draft: ResolvedDraft,
  moves: readonly PlannedMove[],
): string {
  const rules = draft.rules.map(({ kind, pattern, holderTenantId }) => [kind, pattern, holderTenantId]);
  const hands = [...draft.hands].sort(([a], [b]) => (a < b ? -1 : 1));
  const moving = moves.map(({ vm, toTenantId }) => [vm.id, vm.tenantId, toTenantId]).sort(byId);
  return createHash('sha256')
    .update(JSON.stringify([version, rules, hands, moving]))
    .digest('base64url');
}

function byId([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}
