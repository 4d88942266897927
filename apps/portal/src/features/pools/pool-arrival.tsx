'use client';

import { useQuery } from '@tanstack/react-query';
import type { Pool } from '../../server/pools/get-pool.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { type Step, StepList, type StepState } from '../../ui/step-list.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { poolTrouble } from './pool-reason.ts';

const ASK_AGAIN_MS = 700;

/** What the worker does with a pool that was just added, step by step as it happens. */
export function PoolArrival({ org, poolId }: { org: string; poolId: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const query = useQuery(
    trpc.pools.get.queryOptions(
      { org, id: poolId },
      { refetchInterval: ({ state }) => (state.data?.lastSyncAt == null ? ASK_AGAIN_MS : false) },
    ),
  );
  return (
    <section className="grid gap-4">
      <h2 className="font-medium text-lg">{t('addPool.live')}</h2>
      <StepList label={t('addPool.live')} steps={stepsOf(query.data ?? null, t)} />
      <div className="flex flex-wrap gap-2">
        <LinkButton kind="primary" href={`/o/${org}/pools/${poolId}`}>
          {t('addPool.toPool')}
        </LinkButton>
      </div>
    </section>
  );
}

function stepsOf(pool: Pool | null, t: Words): Step[] {
  const state = pool?.state ?? 'new';
  const trouble =
    pool === null || pool.stateReason === null
      ? null
      : poolTrouble(
          pool.stateReason,
          { address: pool.address, account: pool.accounts[0]?.username ?? '' },
          t,
        );
  // The sign-in comes after the line: who was refused had one.
  const line: StepState =
    state === 'connected' || state === 'refused' ? 'done' : state === 'new' ? 'working' : 'failed';
  const signIn: StepState = state === 'connected' ? 'done' : state === 'refused' ? 'failed' : 'waiting';
  const read: StepState = state !== 'connected' ? 'waiting' : pool?.lastSyncAt == null ? 'working' : 'done';
  const words: Record<StepState, string> = {
    waiting: t('addPool.waiting'),
    working: t('addPool.working'),
    done: t('addPool.done'),
    failed: t('addPool.failed'),
  };
  const step = (id: string, label: string, at: StepState, detail?: string): Step => ({
    id,
    label,
    state: at,
    word: words[at],
    detail: at === 'failed' && trouble !== null ? `${trouble.title}. ${trouble.sentence}` : detail,
  });
  const found =
    read === 'done' && pool !== null
      ? t('addPool.found', { hosts: pool.hosts, machines: pool.machines })
      : undefined;
  return [
    step('saved', t('addPool.stepSaved'), 'done'),
    step('line', t('addPool.stepConnect'), line),
    step('sign-in', t('addPool.stepSignIn'), signIn),
    step('inventory', t('addPool.stepInventory'), read, found),
  ];
}
