'use client';

import { useEffect, useRef } from 'react';
import type { Check } from '../../server/checks/check.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { duration } from '../../ui/format-amount.ts';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { useAnnounce } from '../../ui/live-region.tsx';
import { usePageKeys } from '../../ui/page-keys.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { usePool } from '../pools/use-pool.ts';
import { CheckHistory } from './check-history.tsx';
import { CheckSchedule } from './check-schedule.tsx';
import { CheckSteps, Trace } from './check-steps.tsx';
import { countSteps, resultKey, traceText } from './check-words.ts';
import { useCancelCheck, useChecks, useRunCheck } from './use-checks.ts';

const SKELETON_ROWS = 6;

/** One pool from the name to the first bytes of a console, step by step, and what earlier runs found. */
export function ChecksPage() {
  const t = useWords();
  const { org, id, list, runs, run, open } = useChecks();
  const { query } = usePool();
  const start = useRunCheck(org);
  const mayManage = list.data?.mayManage === true;
  const paused = query.data?.state === 'paused';
  const isBusy = open !== undefined || start.isPending;
  const begin = () => start.mutate({ org, id });
  // `r` does what the page's button does.
  usePageKeys({ r: mayManage && !paused && !isBusy ? begin : null });
  if (list.data === undefined)
    return list.isError ? (
      <QueryFault error={apiErrorOf(list.error)} onRetry={() => void list.refetch()} />
    ) : (
      <SkeletonRows rows={SKELETON_ROWS} columns={['20%', '40%', '10%']} />
    );
  const button = (
    <Button
      kind="primary"
      title={t('checks.runHint')}
      aria-keyshortcuts="r"
      onClick={begin}
      reason={paused ? t('checks.paused') : null}
      busy={isBusy ? t('checks.running') : null}
    >
      {t('checks.run')}
    </Button>
  );
  return (
    <div className="grid gap-10">
      <div className="flex flex-wrap items-end gap-4">
        {mayManage ? button : <p className="text-ink-2 text-sm">{t('checks.noManage')}</p>}
        {open !== undefined && mayManage && <CancelRun org={org} run={open} />}
        <div className="ms-auto max-sm:ms-0 max-sm:w-full">
          <CheckSchedule org={org} poolId={id} everyH={list.data.everyH} mayManage={mayManage} />
        </div>
      </div>
      {runs.length === 0 ? (
        <EmptyState title={t('checks.never.title')} sentence={t('checks.never.sentence')} />
      ) : (
        <>
          {run.data === undefined ? (
            <SkeletonRows rows={SKELETON_ROWS} columns={['20%', '40%', '10%']} />
          ) : (
            <Run run={run.data} settings={mayManage ? `/o/${org}/pools/${id}/settings` : null} />
          )}
          <CheckHistory org={org} poolId={id} runs={runs} shown={run.data?.id ?? null} />
        </>
      )}
    </div>
  );
}

function CancelRun({ org, run }: { org: string; run: { id: string; cancelAsked: boolean } }) {
  const t = useWords();
  const cancel = useCancelCheck();
  return (
    <Button
      onClick={() => cancel.mutate({ org, runId: run.id })}
      busy={run.cancelAsked || cancel.isPending ? t('checks.cancelling') : null}
    >
      {t('checks.cancel')}
    </Button>
  );
}

function Run({ run, settings }: { run: Check; settings: string | null }) {
  const t = useWords();
  useSaidAloud(run);
  const { good, all } = countSteps(run.steps);
  const took = run.finishedAt === null ? null : run.finishedAt.getTime() - run.createdAt.getTime();
  return (
    <section className="grid gap-4" aria-busy={run.finishedAt === null || undefined}>
      <div className="grid gap-1">
        <h2 className="font-medium text-lg">
          <bdi translate="no">{run.targetName}</bdi>
          <span className="ps-3">{t('checks.resultWord', { result: resultKey(run) })}</span>
        </h2>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <time dateTime={run.createdAt.toISOString()} title={exactTime(run.createdAt)}>
            {t('checks.last', { time: shortTime(run.createdAt) })}
          </time>
          <span className="tabular">
            {took === null
              ? t('checks.summary', { good, all })
              : t('checks.took', { good, all, time: duration(Math.max(took, 1), t) })}
          </span>
          <span className="[overflow-wrap:anywhere]">
            {t('checks.from', { relay: run.relay ?? 'none', worker: run.worker ?? 'none' })}
          </span>
        </p>
      </div>
      {run.state === 'broken' && (
        <div className="max-w-[68ch] rounded-md bg-warn-soft px-4 py-3">
          <h3 className="font-medium text-warn">{t('checks.broken.title')}</h3>
          <p className="text-sm">{t('checks.broken.sentence')}</p>
        </div>
      )}
      <CheckSteps run={run} settings={settings} />
      {run.steps.length > 0 && run.finishedAt !== null && <CopyTrace run={run} />}
    </section>
  );
}

function CopyTrace({ run }: { run: Check }) {
  const t = useWords();
  const toast = useToast();
  const copy = async () => {
    await navigator.clipboard.writeText(traceText(run, t));
    toast(t('checks.copied'));
  };
  return (
    <div className="grid justify-items-start gap-2">
      <Button onClick={() => void copy()}>{t('checks.copyTrace')}</Button>
      <Trace lines={traceText(run, t).split('\n')} />
    </div>
  );
}

/** One sentence when a run that was watched has ended; not every step, which would never stop talking. */
function useSaidAloud(run: Check): void {
  const t = useWords();
  const announce = useAnnounce();
  const watched = useRef<string | null>(null);
  useEffect(() => {
    if (run.finishedAt === null) watched.current = run.id;
    else if (watched.current === run.id) {
      watched.current = null;
      announce(`${run.targetName}: ${t('checks.resultWord', { result: resultKey(run) })}`);
    }
  }, [run, t, announce]);
}
