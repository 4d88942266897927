'use client';

import { StateBadge } from '../../ui/state-badge.tsx';
import { useWords } from '../../words/use-words.ts';
import { type MachineCondition, STATE_LOOKS, stateKeyOf, stateWord } from './machine-state.ts';

/** The state of a machine, shape and word. */
export function MachineBadge({ machine, className }: { machine: MachineCondition; className?: string }) {
  const t = useWords();
  return (
    <StateBadge
      {...STATE_LOOKS[stateKeyOf(machine)]}
      word={stateWord(machine, t)}
      {...(className === undefined ? {} : { className })}
    />
  );
}
