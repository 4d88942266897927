'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Policy, PolicySetting, PolicyValues } from '../../server/policy/policy.ts';
import { type ApiError, apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { draftOf, mergeDraft, type PolicyDraft, touched, valuesOf } from './policy-draft.ts';

/** Another's change, and what of it meets changes of our own. */
export interface Meanwhile {
  by: string | null;
  clashes: readonly PolicySetting[];
  theirs: PolicyValues;
}

export interface PolicyFormState {
  base: Policy;
  draft: PolicyDraft;
  set(setting: PolicySetting, text: string): void;
  changed: readonly PolicySetting[];
  /** null while a field says nothing usable. */
  values: PolicyValues | null;
  meanwhile: Meanwhile | null;
  /** Takes the other's values for what both have changed, or stays with one's own. */
  settle(take: 'theirs' | 'mine'): void;
  discard(): void;
  save(values: PolicyValues): void;
  saving: boolean;
  /** Why it wasn’t saved; another’s change is no fault and stands in `meanwhile`. */
  fault: ApiError | null;
}

/**
 * A form over a policy that others may change at the same time: what is typed is never lost, and nobody saves over
 * another's change without having been told of it.
 */
export function usePolicyForm(org: string, policy: Policy): PolicyFormState {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [base, setBase] = useState(policy);
  const [draft, setDraft] = useState(() => draftOf(policy));
  const [meanwhile, setMeanwhile] = useState<Meanwhile | null>(null);
  const [saved, setSaved] = useState<number | null>(null);
  const changed = touched(base, draft);

  const change = useMutation(
    trpc.policy.change.mutationOptions({
      onSuccess: async ({ version }) => {
        setSaved(version);
        setMeanwhile(null);
        toast(t('policy.saved'));
      },
      onSettled: () => client.invalidateQueries(trpc.policy.read.pathFilter()),
    }),
  );
  const isSaving = change.isPending;
  useEffect(() => {
    // While our own change is under way nobody can say whose the newest is.
    if (isSaving || policy.version === base.version) return;
    const merged = mergeDraft(base, draft, policy);
    setBase(policy);
    setDraft(merged.draft);
    // Our own change comes back as the newest; another's is told only to who is about to change something, too.
    if (policy.version !== saved && touched(base, draft).length > 0)
      setMeanwhile({ by: policy.changed?.by ?? null, clashes: merged.clashes, theirs: policy });
  }, [policy, base, draft, saved, isSaving]);

  const fault = change.isError ? apiErrorOf(change.error) : null;
  return {
    base,
    draft,
    changed,
    values: valuesOf(base, draft),
    meanwhile,
    set: (setting, text) => {
      setDraft((old) => ({ ...old, [setting]: text }));
      change.reset();
    },
    settle: (take) => {
      if (take === 'theirs' && meanwhile !== null) {
        const after = draftOf(meanwhile.theirs);
        const taken = meanwhile.clashes.map((setting) => [setting, after[setting]]);
        setDraft((old) => ({ ...old, ...Object.fromEntries(taken) }));
      }
      setMeanwhile(null);
    },
    discard: () => {
      setDraft(draftOf(base));
      setMeanwhile(null);
      change.reset();
    },
    save: (values) => change.mutate({ org, version: base.version, ...values }),
    saving: isSaving,
    fault: fault?.code === 'policy/changed-meanwhile' ? null : fault,
  };
}
