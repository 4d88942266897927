'use client';

import { isForce, POWER_ACTS, type PowerAct } from '@porthole/rbac';
import { type ReactNode, useState } from 'react';
import type { MachineRow } from '../../server/machines/machine.ts';
import type { PowerAnswer } from '../../server/power/request-power.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { canAsk } from './possible-acts.ts';
import { PowerConfirm } from './power-confirm.tsx';
import { refusalWords, useRequestPower } from './use-power.ts';

/** Machines of one request; the server takes no more (`MAX_MACHINES_AT_ONCE`). */
const MOST_AT_ONCE = 200;

/** From the first tick on: how many, what they can be asked for, and afterwards a line for each (design §4). */
export function BulkBar({
  org,
  selected,
  total,
  acts,
  onAll,
  onClear,
}: {
  org: string;
  selected: readonly MachineRow[];
  total: number;
  /** What else can be done with them. */
  acts: ReactNode;
  onAll: () => void;
  onClear: () => void;
}) {
  const t = useWords();
  const [confirming, setConfirming] = useState<PowerAct | null>(null);
  const [answers, setAnswers] = useState<PowerAnswer[] | null>(null);
  const power = useRequestPower(org, (given) => {
    setConfirming(null);
    setAnswers(given);
  });
  const able = (act: PowerAct) => selected.filter((machine) => canAsk(machine, act)).slice(0, MOST_AT_ONCE);
  const item = (act: PowerAct) => {
    const count = able(act).length;
    return (
      <MenuItem
        key={act}
        hint={
          count === 0 || count === selected.length
            ? undefined
            : t('power.bulk.some', { n: count, all: selected.length })
        }
        reason={count === 0 ? t('power.bulk.none') : null}
        onSelect={() => setConfirming(act)}
      >
        {t('power.act', { act })}
      </MenuItem>
    );
  };
  return (
    <>
      {selected.length > 0 && (
        <section
          aria-label={t('power.bulk.count', { n: selected.length })}
          className="rise sticky bottom-4 z-(--z-bar) mt-4 flex flex-wrap items-center gap-2 rounded-lg border bg-surface px-4 py-2 shadow-1"
        >
          <p role="status" className="tabular flex-1 font-medium text-sm">
            {t('power.bulk.count', { n: selected.length })}
          </p>
          {selected.length < total && (
            <Button kind="quiet" size="small" onClick={onAll}>
              {t('power.bulk.all', { n: total })}
            </Button>
          )}
          <Button kind="quiet" size="small" onClick={onClear}>
            {t('power.bulk.clear')}
          </Button>
          {acts}
          <Menu
            align="end"
            trigger={<Button busy={power.isPending ? t('power.menu') : null}>{t('power.menu')}</Button>}
          >
            {POWER_ACTS.filter((act) => !isForce(act)).map(item)}
            <MenuLine />
            <MenuLabel>{t('power.force')}</MenuLabel>
            {POWER_ACTS.filter(isForce).map(item)}
          </Menu>
        </section>
      )}
      <PowerConfirm
        act={confirming}
        machines={confirming === null ? [] : able(confirming)}
        busy={power.isPending}
        onClose={() => setConfirming(null)}
        onConfirm={(act) =>
          power.ask(
            able(act).map(({ id }) => id),
            act,
          )
        }
      />
      <Answers
        answers={answers}
        onClose={() => {
          setAnswers(null);
          onClear();
        }}
      />
    </>
  );
}

function Answers({ answers, onClose }: { answers: PowerAnswer[] | null; onClose: () => void }) {
  const t = useWords();
  return (
    <Dialog open={answers !== null} onClose={onClose} title={t('power.bulk.title')}>
      <ul className="grid gap-1 pb-4 text-sm">
        {answers?.map((answer) => (
          <li key={answer.vmId} className={answer.operationId === null ? 'text-ink' : 'text-ink-2'}>
            {answer.operationId === null
              ? refusalWords(answer, t)
              : t('power.bulk.asked', { machine: answer.vmName })}
          </li>
        ))}
      </ul>
      <DialogActions>
        <Button onClick={onClose}>{t('power.bulk.close')}</Button>
      </DialogActions>
    </Dialog>
  );
}
