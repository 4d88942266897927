'use client';

import { ALLOTMENT_KINDS, type AllotmentKind } from '@porthole/rbac';
import { type FormEvent, useState } from 'react';
import type { Holder } from '../../server/allotment/holders.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { HolderPicker } from './holder-picker.tsx';
import { gapOf, type RuleDraft } from './rule-draft.ts';

interface RuleFormProps {
  org: string;
  /** The rule that is changed; null for a new one. */
  rule: RuleDraft | null;
  onDone: (rule: Omit<RuleDraft, 'key'>) => void;
  onCancel: () => void;
}

/** One rule: what is looked at, how it has to be, and who gets what fits. */
export function RuleForm({ org, rule, onDone, onCancel }: RuleFormProps) {
  const t = useWords();
  const [kind, setKind] = useState<AllotmentKind>(rule?.kind ?? 'tag');
  const [pattern, setPattern] = useState(rule?.pattern ?? '');
  const [holder, setHolder] = useState<Holder | null>(rule?.holder ?? null);
  const [tried, setTried] = useState(false);
  const gap = tried ? gapOf(kind, pattern, holder) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (holder === null || gapOf(kind, pattern, holder) !== null) return;
    onDone({ kind, pattern: pattern.trim(), holder });
  };
  return (
    <form
      onSubmit={submit}
      noValidate
      aria-label={rule === null ? t('allotment.add') : t('allotment.edit')}
      className="grid gap-4 border-y bg-sunken px-4 py-4 sm:grid-cols-[10rem_1fr_1fr] sm:items-start"
    >
      <SelectField
        label={t('allotment.kindLabel')}
        value={kind}
        onChange={setKind}
        options={ALLOTMENT_KINDS.map((value) => ({ value, label: t('allotment.kind', { kind: value }) }))}
      />
      <div className="grid gap-1">
        <Field
          label={t('allotment.patternLabel', { kind })}
          value={pattern}
          onChange={setPattern}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          mono
          error={gap !== null && gap !== 'holder' ? t('allotment.gap', { gap }) : null}
        />
        <p className="text-ink-2 text-sm">{t('allotment.patternHint', { kind })}</p>
      </div>
      <HolderPicker
        org={org}
        label={t('allotment.goesTo')}
        picked={holder}
        onPick={setHolder}
        error={gap === 'holder' ? t('allotment.gap', { gap }) : null}
      />
      <div className="flex flex-wrap gap-2 sm:col-span-3">
        <Button type="submit">{rule === null ? t('allotment.addNow') : t('allotment.keepRule')}</Button>
        <Button kind="quiet" onClick={onCancel}>
          {t('app.cancel')}
        </Button>
      </div>
    </form>
  );
}
