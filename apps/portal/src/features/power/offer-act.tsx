'use client';

import type { PowerAct } from '@porthole/rbac';
import { useState } from 'react';
import type { MachineRow } from '../../server/machines/machine.ts';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { asksFirst, canAsk } from './possible-acts.ts';
import { PowerConfirm } from './power-confirm.tsx';
import { useRequestPower } from './use-power.ts';

interface OfferActProps {
  org: string;
  machine: MachineRow;
  act: PowerAct;
  kind?: 'primary' | 'plain' | 'quiet';
  size?: 'normal' | 'small';
  /** Its accessible name, where the act's word alone does not say which machine's it is. */
  label?: string | undefined;
  className?: string | undefined;
  /** Other words than the act's own. */
  children?: string | undefined;
}

/** The one thing to do about a machine's power; absent where it leads nowhere from its state, or the person may not. */
export function OfferAct({
  org,
  machine,
  act,
  kind = 'plain',
  size = 'normal',
  label,
  className,
  children,
}: OfferActProps) {
  const t = useWords();
  const [asks, setAsks] = useState(false);
  const power = useRequestPower(org);
  const ask = () => {
    setAsks(false);
    power.ask([machine.id], act);
  };
  if (!canAsk(machine, act)) return null;
  return (
    <>
      <Button
        kind={kind}
        size={size}
        aria-label={label}
        className={className}
        busy={power.isPending ? t('power.doing', { act }) : null}
        onClick={() => (asksFirst(act) ? setAsks(true) : ask())}
      >
        {children ?? t('power.act', { act })}
      </Button>
      <PowerConfirm
        act={asks ? act : null}
        machines={[machine]}
        busy={power.isPending}
        onClose={() => setAsks(false)}
        onConfirm={ask}
      />
    </>
  );
}
