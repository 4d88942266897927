'use client';

import { MAX_RULES } from '@porthole/rbac';
import { ArrowDown, ArrowUp, Pencil, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { PoolAllotment } from '../../server/allotment/read-allotment.ts';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { moved, type RuleDraft } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { newKey, type RuleDrafts } from './use-rule-drafts.ts';

interface RulesSectionProps {
  org: string;
  saved: PoolAllotment;
  drafts: RuleDrafts;
}

/** The rules in their order: add, change, move with the arrows, remove. Nothing of it counts before it was previewed. */
export function RulesSection({ org, saved, drafts }: RulesSectionProps) {
  const t = useWords();
  const { rules, set } = drafts;
  const [writing, setWriting] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const focus = useRef<string | null>(null);
  // A row that changes its place would lose the focus with it.
  useEffect(() => {
    if (focus.current !== null) document.getElementById(focus.current)?.focus();
    focus.current = null;
  });
  const shift = (at: number, step: -1 | 1) => {
    const rule = rules[at];
    if (rule === undefined || rules[at + step] === undefined) return;
    focus.current = `${rule.key}-${step < 0 ? 'up' : 'down'}`;
    set(moved(rules, at, step));
    setSaid(t('allotment.placed', { rule: rule.pattern, n: at + step + 1 }));
  };
  const remove = (at: number) => {
    const after = rules[at + 1] ?? rules[at - 1];
    focus.current = after === undefined ? 'add-rule' : `${after.key}-remove`;
    set(rules.filter((_, place) => place !== at));
  };
  const keep = (key: string | null, rule: Omit<RuleDraft, 'key'>) => {
    focus.current = key === null ? 'add-rule' : `${key}-edit`;
    set(
      key === null
        ? [...rules, { key: newKey(), ...rule }]
        : rules.map((old) => (old.key === key ? { key, ...rule } : old)),
    );
    setWriting(null);
  };
  const cancel = () => {
    focus.current = writing === 'new' ? 'add-rule' : `${writing}-edit`;
    setWriting(null);
  };
  return (
    <section className="grid gap-3">
      <div className="grid max-w-[68ch] gap-1">
        <h2 className="font-medium text-lg">{t('allotment.rules')}</h2>
        <p className="text-ink-2 text-sm">{t('allotment.rulesSentence', { owner: saved.owner.name })}</p>
      </div>
      {rules.length === 0 && writing === null && (
        <p className="border-y py-4 text-ink-2">{t('allotment.noRules', { owner: saved.owner.name })}</p>
      )}
      {rules.length > 0 && (
        <ol className="border-t">
          {rules.map((rule, at) =>
            writing === rule.key ? (
              <li key={rule.key}>
                <RuleForm org={org} rule={rule} onDone={(next) => keep(rule.key, next)} onCancel={cancel} />
              </li>
            ) : (
              <RuleRow
                key={rule.key}
                rule={rule}
                at={at}
                last={rules.length - 1}
                machines={drafts.isChanged ? null : (saved.rules[at]?.machines ?? null)}
                onShift={(step) => shift(at, step)}
                onEdit={() => setWriting(rule.key)}
                onRemove={() => remove(at)}
              />
            ),
          )}
        </ol>
      )}
      {writing === 'new' && (
        <RuleForm org={org} rule={null} onDone={(rule) => keep(null, rule)} onCancel={cancel} />
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
      {writing !== 'new' && (
        <div>
          <Button
            id="add-rule"
            onClick={() => setWriting('new')}
            reason={rules.length >= MAX_RULES ? t('allotment.full', { n: MAX_RULES }) : null}
          >
            {t('allotment.add')}
          </Button>
        </div>
      )}
    </section>
  );
}

interface RuleRowProps {
  rule: RuleDraft;
  at: number;
  last: number;
  machines: number | null;
  onShift: (step: -1 | 1) => void;
  onEdit: () => void;
  onRemove: () => void;
}

function RuleRow({ rule, at, last, machines, onShift, onEdit, onRemove }: RuleRowProps) {
  const t = useWords();
  const n = at + 1;
  const keys = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onShift(event.key === 'ArrowUp' ? -1 : 1);
  };
  const small = { kind: 'quiet', size: 'icon' } as const;
  return (
    <li
      onKeyDown={keys}
      data-testid="allotment-rule"
      className="flex min-h-(--row) flex-wrap items-center gap-x-4 gap-y-1 border-b px-3 py-2"
    >
      <span className="tabular w-6 text-ink-2">{n}</span>
      <span className="min-w-0 flex-1 basis-56 [overflow-wrap:anywhere]">
        <span className="text-ink-2">{t('allotment.kind', { kind: rule.kind })} </span>
        <bdi translate="no" className="font-mono text-sm">
          {rule.pattern}
        </bdi>
        <span className="text-ink-2"> {t('allotment.to')} </span>
        <bdi translate="no" className="font-medium">
          {rule.holder.name}
        </bdi>
      </span>
      <span className="tabular w-28 text-ink-2 text-sm">
        {machines === null ? '' : t('allotment.decides', { n: machines })}
      </span>
      <span className="flex">
        <Button
          {...small}
          id={`${rule.key}-up`}
          aria-label={t('allotment.up', { n })}
          reason={at === 0 ? t('allotment.isFirst') : null}
          onClick={() => onShift(-1)}
        >
          <ArrowUp aria-hidden className="size-4" />
        </Button>
        <Button
          {...small}
          id={`${rule.key}-down`}
          aria-label={t('allotment.down', { n })}
          reason={at === last ? t('allotment.isLast') : null}
          onClick={() => onShift(1)}
        >
          <ArrowDown aria-hidden className="size-4" />
        </Button>
        <Button
          {...small}
          id={`${rule.key}-edit`}
          aria-label={t('allotment.editOne', { n })}
          onClick={onEdit}
        >
          <Pencil aria-hidden className="size-4" />
        </Button>
        <Button
          {...small}
          id={`${rule.key}-remove`}
          aria-label={t('allotment.removeOne', { n })}
          onClick={onRemove}
        >
          <X aria-hidden className="size-4" />
        </Button>
      </span>
    </li>
  );
}
