'use client';

import { useQuery } from '@tanstack/react-query';
import type { Pool } from '../../server/pools/get-pool.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { type Step, StepList, type StepState } from '../../ui/step-list.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { poolTrouble, remedyOf } from './pool-reason.ts';
import { PoolRemedy } from './pool-remedy.tsx';

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
      {query.data !== undefined && query.data.stateReason !== null && (
        <PoolRemedy org={org} pool={query.data} remedy={remedyOf(query.data.stateReason)} />
      )}
      {query.data?.account?.superuser === true && <Root account={query.data.accounts[0]?.username ?? ''} />}
      <div className="flex flex-wrap gap-2">
        <LinkButton kind="primary" href={`/o/${org}/pools/${poolId}`}>
          {t('addPool.toPool')}
        </LinkButton>
        {query.data?.lastSyncAt != null && (
          <LinkButton href={`/o/${org}/pools/${poolId}/allotment`}>{t('addPool.toAllotment')}</LinkButton>
        )}
      </div>
    </section>
  );
}

/** Root works; that less would be enough is said before it is forgotten (security.md §3). */
function Root({ account }: { account: string }) {
  const t = useWords();
  return (
    <p className="rounded-md bg-warn-soft px-4 py-3 text-sm">
      <span className="block font-medium text-warn">{t('pools.role.rootTitle', { account })}</span>
      {t('pools.role.rootSentence')}
    </p>
  );
}

function stepsOf(pool: Pool | null, t: Words): Step[] {
  const state = pool?.state ?? 'new';
  const trouble =
    pool === null || pool.stateReason === null
      ? null
      : poolTrouble(
          pool.stateReason,
          {
            address: pool.address,
            account: pool.accounts[0]?.username ?? '',
            coordinator: pool.stateDetail,
          },
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
    ...(pool?.account == null ? [] : [roleStep(pool, words, t)]),
    ...(pool === null || read !== 'done' ? [] : [membersStep(pool, words, t)]),
  ];
}

function roleStep(pool: Pool, words: Record<StepState, string>, t: Words): Step {
  const low = pool.account?.lacks.includes('console') === true;
  const state = low ? 'failed' : 'done';
  const account = pool.accounts[0]?.username ?? '';
  return {
    id: 'role',
    label: t('addPool.stepRole'),
    state,
    word: words[state],
    detail: low ? `${t('pools.role.low.title', { account })}. ${t('pools.role.low.sentence')}` : undefined,
  };
}

/** A member that isn't reached stops nobody else's consoles, but those on it stay blank: translation of addresses looks so. */
function membersStep(pool: Pool, words: Record<StepState, string>, t: Words): Step {
  const unreached = pool.hostList.filter(({ reachFailure }) => reachFailure !== null);
  const isKnown = pool.hostList.every(
    ({ reachFailure, fingerprint256 }) => reachFailure !== null || fingerprint256 !== null,
  );
  const state = unreached.length > 0 ? 'failed' : isKnown ? 'done' : 'working';
  const addresses = new Intl.ListFormat('en-GB').format(
    unreached.map(({ address, name }) => address || name),
  );
  const values = { n: unreached.length, m: pool.hostList.length };
  return {
    id: 'members',
    label: t('addPool.stepMembers'),
    state,
    word: words[state],
    detail:
      unreached.length === 0
        ? undefined
        : `${t('pools.unreached.title', values)}. ${t('pools.unreached.sentence', { addresses })}`,
  };
}
