'use client';

import { WAIT_FOR_POOL_MS } from '@porthole/rbac';
import { LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { PowerOperationRow } from '../../server/power/power-operation.ts';
import { Button } from '../../ui/button.tsx';
import { MINUTE_MS, shortTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { EndedOperation, type SeenMachine } from './ended-operation.tsx';
import { useCancelPower, useOperations } from './use-power.ts';

/** So long the end of an operation is told on its machine's page, in milliseconds. */
const TOLD_FOR_MS = 5 * 60_000;
/** Who waits longer than this reads what for, in milliseconds. */
const WAITS_LONG_MS = 5_000;

interface OperationLinesProps {
  org: string;
  machine: SeenMachine;
  /** When its state was read. */
  readAt: Date;
  mayCancel: boolean;
}

/** What is under way with a machine's power, and what came of it where that is not what was asked. */
export function OperationLines({ org, machine, readAt, mayCancel }: OperationLinesProps) {
  const operations = useOperations(org, machine.id).data ?? [];
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const since = Date.now() - TOLD_FOR_MS;
  const open = operations.filter(({ finishedAt }) => finishedAt === null);
  // What ended well shows in the machine's state; only the newest end is news.
  const [newest] = operations;
  const isNews =
    newest?.finishedAt != null &&
    newest.step !== 'done' &&
    newest.finishedAt.getTime() > since &&
    !hidden.has(newest.id);
  return (
    <div aria-live="polite" className="grid gap-2 empty:hidden">
      {open.map((operation) => (
        <UnderWay key={operation.id} org={org} operation={operation} mayCancel={mayCancel} />
      ))}
      {isNews && newest !== undefined && (
        <EndedOperation
          org={org}
          machine={machine}
          readAt={readAt}
          operation={newest}
          onHide={() => setHidden(new Set([...hidden, newest.id]))}
        />
      )}
    </div>
  );
}

function UnderWay({
  org,
  operation,
  mayCancel,
}: {
  org: string;
  operation: PowerOperationRow;
  mayCancel: boolean;
}) {
  const t = useWords();
  const cancel = useCancelPower();
  const { act, step, progress, personName, createdAt, vmName } = operation;
  const doing = t('power.doing', { act });
  const percent = Math.round(progress * 100);
  const age = Date.now() - createdAt.getTime();
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-y py-2 text-sm">
      <span className="flex items-center gap-2 font-medium text-link">
        <LoaderCircle aria-hidden className="turning size-4" />
        {doing}
      </span>
      {step === 'running' && (
        <progress
          aria-label={t('power.progress', { doing, machine: vmName })}
          max={100}
          value={percent}
          className="h-1 w-32 accent-accent"
        />
      )}
      <span className="tabular text-ink-2">{t('power.step', { step, percent: `${percent} %` })}</span>
      <span className="flex-1 text-ink-2">
        {t('power.askedBy', { person: personName, time: shortTime(createdAt) })}
        {step === 'waiting' && age > WAITS_LONG_MS && (
          <span className="block">
            {t('power.waits', { m: Math.max(1, Math.ceil((WAIT_FOR_POOL_MS - age) / MINUTE_MS)) })}
          </span>
        )}
      </span>
      {mayCancel && (
        <Button
          kind="quiet"
          size="small"
          aria-label={t('power.cancelOf', { act: t('power.act', { act }), machine: vmName })}
          busy={operation.cancelAsked || cancel.isPending ? t('power.cancelling') : null}
          onClick={() => cancel.mutate({ org, operationId: operation.id })}
        >
          {t('power.cancel')}
        </Button>
      )}
    </div>
  );
}
