'use client';

import { isForce, type PowerAct } from '@porthole/rbac';
import { Power } from 'lucide-react';
import { useState } from 'react';
import type { MachineRow } from '../../server/machines/machine.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { actsFrom, asksFirst, whyNotAsk } from './possible-acts.ts';
import { PowerConfirm } from './power-confirm.tsx';
import { useRequestPower } from './use-power.ts';

/** What may be asked of one machine's power in the state that it is in; what one may not says why. */
export function PowerMenu({ org, machine }: { org: string; machine: MachineRow }) {
  const t = useWords();
  const [confirming, setConfirming] = useState<PowerAct | null>(null);
  const power = useRequestPower(org);
  const ask = (act: PowerAct) => {
    setConfirming(null);
    power.ask([machine.id], act);
  };
  const acts = actsFrom(machine.powerState);
  const forced = acts.filter(isForce);
  const item = (act: PowerAct) => (
    <MenuItem
      key={act}
      reason={whyNotAsk(machine, act, t)}
      onSelect={() => (asksFirst(act) ? setConfirming(act) : ask(act))}
    >
      {t('power.act', { act })}
    </MenuItem>
  );
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button
            aria-label={t('power.menuOf', { machine: machine.name })}
            busy={power.isPending ? t('power.menu') : null}
          >
            <Power aria-hidden className="size-4" />
            {t('power.menu')}
          </Button>
        }
      >
        {acts.filter((act) => !isForce(act)).map(item)}
        {forced.length > 0 && <MenuLine />}
        {forced.length > 0 && <MenuLabel>{t('power.force')}</MenuLabel>}
        {forced.map(item)}
      </Menu>
      <PowerConfirm
        act={confirming}
        machines={[machine]}
        busy={power.isPending}
        onClose={() => setConfirming(null)}
        onConfirm={ask}
      />
    </>
  );
}
