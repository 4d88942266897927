'use client';

import { POWER_FAILURES } from '@porthole/rbac';
import { LoaderCircle, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { PowerOperationRow } from '../../server/power/power-operation.ts';
import { Button } from '../../ui/button.tsx';
import { shortTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { useCancelPower, useOperations } from './use-power.ts';

/** So long the end of an operation is told on its machine's page, in milliseconds. */
const TOLD_FOR_MS = 5 * 60_000;
/** What is under way with a machine's power, and what came of it where that is not what was asked. */
export function OperationLines({ org, vmId, mayCancel }: { org: string; vmId: string; mayCancel: boolean }) {
  const operations = useOperations(org, vmId).data ?? [];
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
        <Ended operation={newest} onHide={() => setHidden(new Set([...hidden, newest.id]))} />
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

function Ended({ operation, onHide }: { operation: PowerOperationRow; onHide: () => void }) {
  const t = useWords();
  const { vmName, failureText, act, personName, finishedAt } = operation;
  const failure = POWER_FAILURES.find((known) => known === operation.failure) ?? 'refused';
  const values = {
    machine: vmName,
    text: failureText === null ? 'none' : 'some',
    words: failureText ?? '',
  };
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-1 border-y py-2 text-sm">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="grid min-w-0 flex-1 [overflow-wrap:anywhere]">
        <span className="font-medium">{t(`power.end.${failure}.title`, values)}</span>
        <span className="text-ink-2">{t(`power.end.${failure}.sentence`, values)}</span>
        <span className="text-ink-2 text-xs">
          {`${t('power.act', { act })}, ${t('power.askedBy', {
            person: personName,
            time: shortTime(finishedAt ?? operation.createdAt),
          })}`}
        </span>
      </div>
      <Button kind="quiet" size="small" onClick={onHide}>
        {t('power.dismiss')}
      </Button>
    </div>
  );
}
