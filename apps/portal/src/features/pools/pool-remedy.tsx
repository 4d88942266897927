'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import type { Remedy } from './pool-reason.ts';

interface PoolRemedyProps {
  org: string;
  pool: { id: string; stateDetail: string | null };
  /** Which form mends it; null where only another try does. */
  remedy: Remedy | null;
}

/** What can be done about what stands in the pool's way: the form that mends it, and another try. */
export function PoolRemedy({ org, pool, remedy }: PoolRemedyProps) {
  const t = useWords();
  const settings = `/o/${org}/pools/${pool.id}/settings`;
  return (
    <div className="flex flex-wrap gap-2">
      {remedy === 'address' && pool.stateDetail !== null && (
        <LinkButton href={`${settings}?address=${encodeURIComponent(pool.stateDetail)}#address`}>
          {t('pool.remedy.use', { address: pool.stateDetail })}
        </LinkButton>
      )}
      {remedy === 'address' && pool.stateDetail === null && (
        <LinkButton href={`${settings}#address`}>{t('pool.remedy.address')}</LinkButton>
      )}
      {remedy === 'certificate' && (
        <LinkButton href={`${settings}#address`}>{t('pool.remedy.certificate')}</LinkButton>
      )}
      {remedy === 'account' && (
        <LinkButton href={`${settings}#account`}>{t('pool.remedy.account')}</LinkButton>
      )}
      <CheckAgain org={org} poolId={pool.id} />
    </div>
  );
}

/** Another try now, where the worker waits. */
export function CheckAgain({ org, poolId }: { org: string; poolId: string }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const retry = useMutation(
    trpc.pools.retry.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.pools.pathFilter()),
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return (
    <Button
      onClick={() => retry.mutate({ org, id: poolId })}
      busy={retry.isPending ? t('pool.remedy.again') : null}
    >
      {t('pool.remedy.again')}
    </Button>
  );
}
