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

/** Machines between which no fact tells a difference but those that name one machine. */
interface Group {
  /** Those that nobody's facts name, and one of them. */
  others: MachineKind | null;
  /** Those that somebody's facts name. */
  readonly named: VmFacts[];
}

/**
 * Machines between which none of a person's facts tells a difference, counted: thousands of machines and hundreds of people would
 * otherwise be millions of decisions. A machine is told from its like only for who has a grant or a lock on it.
 *
 * @param everybody whose kinds will be asked for
 */
export function kindsOf(
  machines: readonly VmFacts[],
  everybody: readonly Facts[],
): (facts: Facts) => MachineKind[] {
  const marks = new Set(everybody.flatMap(marksOf));
  const named = new Set(everybody.flatMap(machinesNamed));
  const groups = new Map<string, Group>();
  for (const vm of machines) {
    const own = [vm.poolId, ...vm.tags.map(tagMark)].filter((mark) => marks.has(mark));
    const key = JSON.stringify([vm.isControlDomain, ...own.sort()]);
    const group: Group = groups.get(key) ?? { others: null, named: [] };
    groups.set(key, group);
    if (named.has(vm.id)) group.named.push(vm);
    else group.others = { vm, count: (group.others?.count ?? 0) + 1 };
  }
  return (facts) => {
    const own = new Set(machinesNamed(facts));
    return [...groups.values()].flatMap(({ others, named }) => {
      const alike = named.filter(({ id }) => !own.has(id));
      const vm = others?.vm ?? alike[0];
      const alone = named.filter(({ id }) => own.has(id)).map((one) => ({ vm: one, count: 1 }));
      return vm === undefined ? alone : [{ vm, count: (others?.count ?? 0) + alike.length }, ...alone];
    });
  };
}

const tagMark = (tag: string) => `#${tag}`;

/** Machines that facts name one by one. */
function machinesNamed({ grants, locks }: Facts): string[] {
  return [...grants, ...locks].flatMap(({ target }) => (target.kind === 'vm' ? [target.vmId] : []));
}

/** Tags and pools that facts name. */
function marksOf({ grants, locks }: Facts): string[] {
  const tags = grants.flatMap(({ target }) => (target.kind === 'tag' ? [tagMark(target.tag)] : []));
  return [...tags, ...locks.flatMap(({ target }) => (target.kind === 'pool' ? [target.poolId] : []))];
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
