import { type AllotmentKind, MAX_PATTERN_LENGTH } from '@porthole/rbac';
import type { AllotmentDraft } from '../../server/allotment/draft.ts';
import type { Holder } from '../../server/allotment/holders.ts';

/** A rule while it is written; its key stays with it wherever it is moved. */
export interface RuleDraft {
  key: string;
  kind: AllotmentKind;
  pattern: string;
  holder: Holder;
}

/** What a form still needs; the first of them. */
export type RuleGap = 'pattern' | 'folder' | 'long' | 'holder';

export function gapOf(kind: AllotmentKind, pattern: string, holder: Holder | null): RuleGap | null {
  const text = pattern.trim();
  if (text === '') return 'pattern';
  if (kind === 'folder' && !text.startsWith('/')) return 'folder';
  if (text.length > MAX_PATTERN_LENGTH) return 'long';
  return holder === null ? 'holder' : null;
}

/** The rule one place up (-1) or down (1); where there is no such place everything stays. */
export function moved<T>(list: readonly T[], from: number, step: -1 | 1): T[] {
  const to = from + step;
  const [one, other] = [list[from], list[to]];
  if (one === undefined || other === undefined) return [...list];
  return list.map((item, at) => (at === from ? other : at === to ? one : item));
}

export function asRules(drafts: readonly RuleDraft[]): AllotmentDraft['rules'] {
  return drafts.map(({ kind, pattern, holder }) => ({ kind, pattern, holder: holder.slug }));
}

/** Whether the two say the same, in the same order. */
export function isSame(a: readonly RuleDraft[], b: readonly RuleDraft[]): boolean {
  return JSON.stringify(asRules(a)) === JSON.stringify(asRules(b));
}
