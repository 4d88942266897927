/** One row of `allotment`. */
export interface AllotmentRule {
  readonly position: number;
  /** A tag that the machine carries; null fits every machine. */
  readonly tag: string | null;
  readonly holderTenantId: string;
}

/**
 * Who holds a machine that is seen for the first time: the first rule that fits, else the pool's owner. Control domains stay
 * with the owner whatever the rules say, since their console is root on the hypervisor (xenapi.md §10.29).
 */
export function holderFor(
  vm: { readonly tags: readonly string[]; readonly isControlDomain: boolean },
  rules: readonly AllotmentRule[],
  ownerTenantId: string,
): string {
  if (vm.isControlDomain) return ownerTenantId;
  const ordered = [...rules].sort((a, b) => a.position - b.position);
  const rule = ordered.find(({ tag }) => tag === null || vm.tags.includes(tag));
  return rule?.holderTenantId ?? ownerTenantId;
}
