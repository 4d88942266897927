'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Pool } from '../../server/pools/get-pool.ts';
import type { PoolImpact } from '../../server/pools/pool-impact.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords, type Words } from '../../words/use-words.ts';

/** How often what would be cut is counted while the question stands. */
const COUNT_AGAIN_MS = 3_000;

interface StopPoolProps {
  org: string;
  pool: Pool;
}

/** Pauses the pool, after saying who is on a console there now. */
export function PausePool({ org, pool }: StopPoolProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const impact = useImpact(org, pool.id, asking);
  const pause = useMutation(
    trpc.pools.pause.mutationOptions({
      onSuccess: () => toast(t('pools.pausedNow', { pool: pool.displayName })),
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => {
        setAsking(false);
        void client.invalidateQueries(trpc.pools.pathFilter());
        void client.invalidateQueries(trpc.machines.pathFilter());
      },
    }),
  );
  const isPaused = pool.state === 'paused';
  return (
    <>
      <Button onClick={() => setAsking(true)} reason={isPaused ? t('pools.pausedAlready') : null}>
        {t('pools.pause')}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('pools.confirmPause.title', { pool: pool.displayName })}
        sentence={hitBy(impact, t)}
        button={t('pools.confirmPause.button')}
        busy={pause.isPending ? t('pools.confirmPause.button') : null}
        onConfirm={() => pause.mutate({ org, id: pool.id })}
      >
        <p className="text-ink-2 text-sm">{t('pools.confirmPause.after')}</p>
      </ConfirmDialog>
    </>
  );
}

/** Removes the pool for good, after saying what goes with it. */
export function RemovePool({ org, pool }: StopPoolProps) {
  const t = useWords();
  const router = useRouter();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const impact = useImpact(org, pool.id, asking);
  const remove = useMutation(
    trpc.pools.remove.mutationOptions({
      onSuccess: () => {
        toast(t('pools.removed', { pool: pool.displayName }));
        router.push(`/o/${org}/pools`);
        void client.invalidateQueries(trpc.pools.list.pathFilter());
        void client.invalidateQueries(trpc.machines.pathFilter());
      },
      onError: (error) => {
        setAsking(false);
        toast(apiErrorOf(error).message);
      },
    }),
  );
  return (
    <>
      <Button onClick={() => setAsking(true)} aria-label={t('pools.removeOf', { pool: pool.displayName })}>
        {t('pools.remove')}
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('pools.confirmRemove.title', { pool: pool.displayName })}
        sentence={hitBy(impact, t)}
        typed={{ name: pool.displayName, label: t('pools.confirmRemove.type', { pool: pool.displayName }) }}
        button={t('pools.confirmRemove.button')}
        busy={remove.isPending ? t('pools.confirmRemove.button') : null}
        onConfirm={() => remove.mutate({ org, id: pool.id })}
      >
        <p className="text-ink-2 text-sm">
          {t('pools.confirmRemove.after', {
            n: impact?.machines ?? pool.machines,
            organisations: impact?.organisations ?? 0,
            grants: impact?.grants ?? 0,
          })}
        </p>
      </ConfirmDialog>
    </>
  );
}

function useImpact(org: string, id: string, asking: boolean): PoolImpact | null {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.pools.impact.queryOptions(
      { org, id },
      { enabled: asking, refetchInterval: COUNT_AGAIN_MS, staleTime: 0 },
    ),
  );
  return query.data ?? null;
}

/** One sentence on who is hit now (design §4). */
function hitBy(impact: PoolImpact | null, t: Words): string {
  if (impact === null) return t('pools.hit.counting');
  const { consoles, persons, operations } = impact;
  return t('pools.hit.now', { consoles, persons, operations });
}
