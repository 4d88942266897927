'use client';

import { type GrantTarget, STANDING_BUNDLE } from '@porthole/rbac';
import { SelectField } from '../../ui/choice.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

/** A list of seven choices is the longest: this machine, all, and these. */
const MAX_TAGS = 5;

interface OverFieldProps {
  org: string;
  machine: { id: string; name: string; tags: readonly string[] };
  over: GrantTarget;
  onChange: (over: GrantTarget) => void;
}

/** This machine, every machine with one of its tags, or every machine: for who manages all of them by their place. */
export function OverField({ org, machine, over, onChange }: OverFieldProps) {
  const t = useWords();
  const organisation = useOrganisation(org);
  if (organisation === null || STANDING_BUNDLE[organisation.role] !== 'manager') return null;
  const tags = machine.tags.slice(0, MAX_TAGS);
  const choices: { value: string; label: string; over: GrantTarget }[] = [
    { value: 'vm', label: machine.name, over: { kind: 'vm', vmId: machine.id } },
    ...tags.map((tag) => ({
      value: `tag:${tag}`,
      label: t('share.onTag', { tag }),
      over: { kind: 'tag' as const, tag },
    })),
    { value: 'all', label: t('share.onAll'), over: { kind: 'all' } },
  ];
  return (
    <SelectField
      label={t('share.on')}
      value={over.kind === 'tag' ? `tag:${over.tag}` : over.kind}
      options={choices}
      onChange={(value) => {
        const chosen = choices.find((choice) => choice.value === value);
        if (chosen !== undefined) onChange(chosen.over);
      }}
    />
  );
}
