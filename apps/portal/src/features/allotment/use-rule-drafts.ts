'use client';

import { useEffect, useState } from 'react';
import type { PoolAllotment } from '../../server/allotment/read-allotment.ts';
import { isSame, type RuleDraft } from './rule-draft.ts';

let lastKey = 0;
export function newKey(): string {
  lastKey += 1;
  return `rule-${lastKey}`;
}

export interface RuleDrafts {
  rules: readonly RuleDraft[];
  /** Of the rules that this was made from; grows with what others save. */
  version: number;
  isChanged: boolean;
  /** Others saved while something was being written here. */
  isMeanwhile: boolean;
  set(rules: readonly RuleDraft[]): void;
  /** Goes back to what is saved. */
  discard(): void;
  /** Stays with one's own, knowing of the others'. */
  keep(): void;
  /** What was written is what is saved as `version`, as the next answer will say too. */
  applied(version: number): void;
}

/** Rules being written over what is saved: what is typed is never lost, and others' changes are told. */
export function useRuleDrafts(saved: PoolAllotment): RuleDrafts {
  const [base, setBase] = useState(() => draftsOf(saved));
  const [version, setVersion] = useState(saved.version);
  const [rules, setRules] = useState<readonly RuleDraft[]>(base);
  const isChanged = !isSame(base, rules);
  const take = () => {
    const next = draftsOf(saved);
    setBase(next);
    setRules(next);
    setVersion(saved.version);
  };
  // An answer that was asked for before one's own change was saved is older, and no news.
  const isNewer = saved.version > version;
  // Nothing is being written: what others save is simply shown.
  useEffect(() => {
    if (isNewer && !isChanged) take();
  });
  return {
    rules,
    version,
    isChanged,
    isMeanwhile: isNewer && isChanged,
    set: setRules,
    discard: take,
    keep: () => {
      setBase(draftsOf(saved));
      setVersion(saved.version);
    },
    applied: (own) => {
      setBase([...rules]);
      setVersion(own);
    },
  };
}

function draftsOf({ rules }: PoolAllotment): RuleDraft[] {
  return rules.map(({ kind, pattern, holder }) => ({ key: newKey(), kind, pattern, holder }));
}
