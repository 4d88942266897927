import { type Facts, RIGHTS, type Right, rightsOn, type VmFacts } from '@porthole/rbac';

/** What a grant changes for one person. */
export interface Change {
  /** What they may do already on every machine that it is over. */
  had: Right[];
  /** What they could not do before on some of the machines, and will. */
  gains: Right[];
  /** On how many machines they gain something. */
  machines: number;
  /** A lock or the like keeps all of it from them for now. */
  barred: boolean;
}

export interface MachineKind {
  /** One of them: `can()` says the same of each. */
  vm: VmFacts;
  count: number;
}

/**
 * Machines between which none of the facts tells a difference, counted: thousands of machines and hundreds of people would
 * otherwise be millions of decisions.
 */
export function kindsOf(machines: readonly VmFacts[], everybody: readonly Facts[]): MachineKind[] {
  const named = new Set<string>();
  for (const { grants, locks } of everybody) {
    for (const { target } of grants) {
      if (target.kind === 'vm') named.add(target.vmId);
      if (target.kind === 'tag') named.add(`#${target.tag}`);
    }
    for (const { target } of locks) {
      if (target.kind === 'vm') named.add(target.vmId);
      if (target.kind === 'pool') named.add(target.poolId);
    }
  }
  const kinds = new Map<string, MachineKind>();
  for (const vm of machines) {
    const marks = [vm.id, vm.poolId, ...vm.tags.map((tag) => `#${tag}`)].filter((mark) => named.has(mark));
    const key = JSON.stringify([vm.isControlDomain, ...marks.sort()]);
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { vm, count: 1 });
    else kind.count += 1;
  }
  return [...kinds.values()];
}

/** What rights on machines would change for who has these facts. */
export function changeFor(facts: Facts, given: readonly Right[], kinds: readonly MachineKind[]): Change {
  const gains = new Set<Right>();
  let had: Right[] = kinds.length === 0 ? [] : [...RIGHTS];
  let [machines, barred] = [0, 0];
  const withIt = (vm: VmFacts): Facts => ({
    ...facts,
    grants: [
      ...facts.grants,
      { id: '', role: null, rights: given, target: { kind: 'vm', vmId: vm.id }, team: null, endsAt: null },
    ],
  });
  for (const { vm, count } of kinds) {
    const before = rightsOn(facts, vm);
    const after = rightsOn(withIt(vm), vm);
    had = had.filter((right) => before.includes(right));
    const more = after.filter((right) => !before.includes(right));
    for (const right of more) gains.add(right);
    if (more.length > 0) machines += count;
    if (after.length === 0) barred += count;
  }
  return {
    had,
    gains: RIGHTS.filter((right) => gains.has(right)),
    machines,
    barred: barred > 0 && machines === 0,
  };
}
