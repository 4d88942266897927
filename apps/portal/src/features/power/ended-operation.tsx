'use client';

import { isForce, WAIT_FOR_POOL_MS } from '@porthole/rbac';
import { TriangleAlert } from 'lucide-react';
import type { Machine } from '../../server/machines/get-machine.ts';
import type { MachineRow } from '../../server/machines/machine.ts';
import type { PowerOperationRow } from '../../server/power/power-operation.ts';
import { Button } from '../../ui/button.tsx';
import { memoryAmount } from '../../ui/format-amount.ts';
import { clockTime, MINUTE_MS, shortTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { OpenConsoleButton } from '../console/open-console-button.tsx';
import { POWER_STATE_KEYS } from '../machines/machine-state.ts';
import { whyNotOpen } from '../machines/why-not-open.ts';
import { endOfPower, offersAfter } from './end-of-power.ts';
import { OfferAct } from './offer-act.tsx';

/** What the words need of the machine that the page shows. */
export type SeenMachine = MachineRow & Pick<Machine, 'memoryBytes'>;

interface EndedOperationProps {
  org: string;
  machine: SeenMachine;
  readAt: Date;
  operation: PowerOperationRow;
  onHide: () => void;
}

/** What came of a request that wasn't done, in the words of design §7, and what may be done now. */
export function EndedOperation({ org, machine, readAt, operation, onHide }: EndedOperationProps) {
  const t = useWords();
  const { act, personName, createdAt, finishedAt } = operation;
  const { row, why } = endOfPower(operation.failure);
  const waited = row === 'later' ? WAIT_FOR_POOL_MS : Date.now() - createdAt.getTime();
  const values = {
    ...endValues(machine, readAt, operation, t),
    why,
    m: Math.floor(waited / MINUTE_MS),
  };
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-1 border-y py-2 text-sm">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="grid min-w-0 flex-1 basis-64 [overflow-wrap:anywhere]">
        <span className="font-medium">{t(`power.end.${row}.title`, values)}</span>
        <span className="text-ink-2">{t(`power.end.${row}.sentence`, values)}</span>
        <span className="text-ink-2 text-xs">
          {`${t('power.act', { act })}, ${t('power.askedBy', {
            person: personName,
            time: shortTime(finishedAt ?? createdAt),
          })}`}
        </span>
      </div>
      <div className="flex flex-wrap gap-2">
        {offersAfter(row, act).map((offer) =>
          offer === 'openConsole' ? (
            <OfferConsole key={offer} org={org} machine={machine} />
          ) : (
            <OfferAct key={offer} org={org} machine={machine} act={offer} kind="quiet" size="small">
              {offer === act ? t('power.again') : isForce(offer) ? undefined : t('power.instead')}
            </OfferAct>
          ),
        )}
        <Button kind="quiet" size="small" onClick={onHide}>
          {t('power.dismiss')}
        </Button>
      </div>
    </div>
  );
}

function endValues(
  machine: SeenMachine,
  readAt: Date,
  { act, failureText }: PowerOperationRow,
  t: ReturnType<typeof useWords>,
) {
  const { name, powerState, operation, memoryBytes } = machine;
  return {
    machine: name,
    state: t(`state.${POWER_STATE_KEYS[powerState]}`).toLowerCase(),
    operation: operation === null ? 'none' : 'some',
    doing: operation === null ? '' : t('state.busy', { operation }).toLowerCase(),
    act: t('power.verb', { act }),
    memory: memoryBytes === null ? 'none' : 'some',
    amount: memoryBytes === null ? '' : memoryAmount(memoryBytes, t),
    text: failureText === null ? 'none' : 'some',
    words: failureText ?? '',
    time: clockTime(readAt),
  };
}

function OfferConsole({ org, machine }: { org: string; machine: SeenMachine }) {
  const t = useWords();
  if (whyNotOpen(machine, t) !== null) return null;
  return (
    <OpenConsoleButton
      org={org}
      vmId={machine.id}
      kindOfButton="quiet"
      size="small"
      lookOnly={!machine.rights.includes('type')}
      reason={null}
    >
      {t('power.openConsole')}
    </OpenConsoleButton>
  );
}
