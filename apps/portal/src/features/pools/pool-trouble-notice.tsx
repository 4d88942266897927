'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Pool } from '../../server/pools/get-pool.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { poolTrouble, remedyOf } from './pool-reason.ts';
import { PoolRemedy } from './pool-remedy.tsx';

/** What stands in the way of a pool, each with what to do about it; nothing while all is well. */
export function PoolTroubleNotice({ org, pool }: { org: string; pool: Pool }) {
  const t = useWords();
  const account = pool.accounts[0]?.username ?? '';
  const { address, stateReason, stateDetail } = pool;
  const trouble =
    stateReason === null ? null : poolTrouble(stateReason, { address, account, coordinator: stateDetail }, t);
  const unreached = pool.hostList.filter(({ reachFailure }) => reachFailure !== null);
  const isConnected = pool.state === 'connected';
  return (
    <div className="grid gap-3 pb-6 empty:hidden">
      {pool.state === 'paused' && (
        <Caution title={t('pools.paused.title')} sentence={t('pools.paused.sentence')}>
          {pool.mayManage && <Resume org={org} pool={pool} />}
        </Caution>
      )}
      {trouble !== null && (
        <Caution {...trouble}>
          {pool.mayManage && stateReason !== null && (
            <PoolRemedy org={org} pool={pool} remedy={remedyOf(stateReason)} />
          )}
        </Caution>
      )}
      {isConnected && pool.account?.lacks.includes('console') === true && (
        <Caution title={t('pools.role.low.title', { account })} sentence={t('pools.role.low.sentence')}>
          {pool.mayManage && <PoolRemedy org={org} pool={pool} remedy="account" />}
        </Caution>
      )}
      {isConnected && unreached.length > 0 && (
        <Caution
          title={t('pools.unreached.title', { n: unreached.length, m: pool.hostList.length })}
          sentence={t('pools.unreached.sentence', {
            n: unreached.length,
            addresses: new Intl.ListFormat('en-GB').format(
              unreached.map((host) => host.overrideAddress ?? (host.address || host.name)),
            ),
          })}
        >
          {pool.mayManage && (
            <div>
              <LinkButton href={`/o/${org}/pools/${pool.id}#hosts`}>{t('pools.unreached.button')}</LinkButton>
            </div>
          )}
        </Caution>
      )}
    </div>
  );
}

function Caution({ title, sentence, children }: { title: string; sentence: string; children?: ReactNode }) {
  return (
    <section className="grid max-w-[68ch] gap-3 rounded-md bg-warn-soft px-4 py-3">
      <div>
        <h2 className="font-medium text-warn">{title}</h2>
        <p className="text-sm">{sentence}</p>
      </div>
      {children}
    </section>
  );
}

function Resume({ org, pool }: { org: string; pool: Pool }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const resume = useMutation(
    trpc.pools.resume.mutationOptions({
      onSuccess: () => toast(t('pools.resumed', { pool: pool.displayName })),
      onSettled: () => client.invalidateQueries(trpc.pools.pathFilter()),
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <div>
      <Button
        onClick={() => resume.mutate({ org, id: pool.id })}
        busy={resume.isPending ? t('pools.resume') : null}
      >
        {t('pools.resume')}
      </Button>
    </div>
  );
}
