import type { Right, VmRole } from '@porthole/rbac';
import type { Words } from '../../words/use-words.ts';

/** What a grant gives, short: its role, or its single rights by name. */
export function giftWord(
  { role, rights }: { role: VmRole | null; rights: readonly Right[] },
  t: Words,
): string {
  return role === null ? rights.map((right) => t(`right.${right}`)).join(', ') : t(`vmRole.${role}`);
}
