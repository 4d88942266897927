'use client';

import { STANDING_BUNDLE } from '@porthole/rbac';
import type { Over } from '../../server/grants/give-grant.ts';
import { SelectField } from '../../ui/choice.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';

/** A list of seven choices is the longest: these machines, all, and these. */
const MAX_TAGS = 5;

/** What is shared is first of all this. */
export interface SharedMachine {
  id: string;
  name: string;
  tags: readonly string[];
}

interface OverFieldProps {
  org: string;
  machines: readonly SharedMachine[];
  over: Over;
  onChange: (over: Over) => void;
}

/** These machines, one by one. */
export function overThese(machines: readonly SharedMachine[]): Over {
  const [first, ...others] = machines;
  return first !== undefined && others.length === 0
    ? { kind: 'vm', vmId: first.id }
    : { kind: 'vms', vmIds: machines.map(({ id }) => id) };
}

/** As the dialog and its answer name them. */
export function theseWord(machines: readonly SharedMachine[], t: Words): string {
  const [first] = machines;
  return machines.length === 1 && first !== undefined ? first.name : t('share.these', { n: machines.length });
}

/** These machines, every machine with a tag that they share, or every machine: for who manages all of them by their place. */
export function OverField({ org, machines, over, onChange }: OverFieldProps) {
  const t = useWords();
  const organisation = useOrganisation(org);
  if (organisation === null || STANDING_BUNDLE[organisation.role] !== 'manager') return null;
  const tags = (machines[0]?.tags ?? [])
    .filter((tag) => machines.every((machine) => machine.tags.includes(tag)))
    .slice(0, MAX_TAGS);
  const these = overThese(machines);
  const choices: { value: string; label: string; over: Over }[] = [
    { value: these.kind, label: theseWord(machines, t), over: these },
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
