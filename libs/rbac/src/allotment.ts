import { compileGlob } from './glob.ts';

export const ALLOTMENT_KINDS = ['tag', 'folder', 'name'] as const;
export type AllotmentKind = (typeof ALLOTMENT_KINDS)[number];

/** Characters of a rule's pattern; the check `allotment_pattern` of the database says the same. */
export const MAX_PATTERN_LENGTH = 200;
/** Rules of one pool. */
export const MAX_RULES = 50;

/** One rule of a pool; their order is that of the list. */
export interface AllotmentRule {
  readonly kind: AllotmentKind;
  /** A tag, exactly; a folder such as `/customers/acme`; or a pattern of names (`compileGlob`). */
  readonly pattern: string;
  readonly holderTenantId: string;
}

/** What of a machine decides who holds it. */
export interface AllottedVm {
  readonly name: string;
  readonly tags: readonly string[];
  /** `other_config:folder`, '' for none. */
  readonly folder: string;
  /** Its console is root on the hypervisor: it never leaves the owner (xenapi.md §10.29). */
  readonly isControlDomain: boolean;
  /** Whom a person gave it to; null where the rules decide. */
  readonly handTenantId: string | null;
}

/** Why it is held by whom: the number is the rule's place in the list. */
export type AllotmentCause = 'control-domain' | 'hand' | 'no-rule' | number;

export interface Holding {
  readonly holderTenantId: string;
  readonly because: AllotmentCause;
}

/**
 * Whose each machine of a pool is: a hand wins over rules, the first rule that fits wins over later ones, and what no rule fits
 * stays with the pool's owner. Always exactly one organisation. Preview and worker ask the same function.
 */
export function compileAllotment(
  rules: readonly AllotmentRule[],
  ownerTenantId: string,
): (vm: AllottedVm) => Holding {
  const compiled = rules.map((rule) => ({ fits: fitsRule(rule), holderTenantId: rule.holderTenantId }));
  return (vm) => {
    if (vm.isControlDomain) return { holderTenantId: ownerTenantId, because: 'control-domain' };
    if (vm.handTenantId !== null) return { holderTenantId: vm.handTenantId, because: 'hand' };
    const place = compiled.findIndex(({ fits }) => fits(vm));
    const rule = compiled[place];
    return rule === undefined
      ? { holderTenantId: ownerTenantId, because: 'no-rule' }
      : { holderTenantId: rule.holderTenantId, because: place };
  };
}

function fitsRule({ kind, pattern }: AllotmentRule): (vm: AllottedVm) => boolean {
  switch (kind) {
    case 'tag':
      // Tags are told apart by case at the pool, so they are here.
      return ({ tags }) => tags.includes(pattern);
    case 'folder': {
      const above = withoutSlash(pattern);
      return ({ folder }) =>
        folder !== '' && (withoutSlash(folder) === above || folder.startsWith(`${above}/`));
    }
    case 'name': {
      const isLike = compileGlob(pattern);
      return ({ name }) => isLike(name);
    }
  }
}

/** `/customers/` and `/customers` are one folder; `/` becomes '', which is above them all. */
function withoutSlash(folder: string): string {
  return folder.endsWith('/') ? folder.slice(0, -1) : folder;
}
