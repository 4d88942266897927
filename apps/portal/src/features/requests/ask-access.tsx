'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { RequestRow } from '../../server/requests/request-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { stateSentence } from './request-words.ts';

/** Loaded when somebody asks. */
const AskDialog = lazy(() => import('./ask-dialog.tsx').then((file) => ({ default: file.AskDialog })));

interface AskAccessProps {
  org: string;
  vmId: string;
  machine: string;
}

/** "Ask for access" where there is more to be had, or what waits already; nothing for who has everything. */
export function AskAccess({ org, vmId, machine }: AskAccessProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [asks, setAsks] = useState<'access' | 'emergency' | null>(null);
  // Asked anew each time: who has just lost their membership has nothing to ask for, whatever was read a second before.
  const { data, isError } = useQuery(
    trpc.requests.ofMachine.queryOptions({ org, vmId }, { refetchOnMount: 'always' }),
  );
  if (data === undefined || isError) return null;
  if (data.open !== null) return <Waiting org={org} row={data.open} />;
  return (
    <>
      {data.roles.length > 0 && <Button onClick={() => setAsks('access')}>{t('requests.ask.button')}</Button>}
      {data.mayBreakGlass && (
        <Button kind="quiet" onClick={() => setAsks('emergency')}>
          {t('requests.ask.emergency')}
        </Button>
      )}
      <Suspense>
        {asks !== null && (
          <AskDialog
            org={org}
            vmId={vmId}
            machine={machine}
            roles={data.roles}
            emergency={asks === 'emergency'}
            onClose={() => setAsks(null)}
          />
        )}
      </Suspense>
    </>
  );
}

function Waiting({ org, row }: { org: string; row: RequestRow }) {
  const t = useWords();
  return (
    <span className="flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2 text-sm">
      <span>{stateSentence(row, new Date(), t)}</span>
      <WithdrawButton org={org} row={row} />
    </span>
  );
}

/** Takes one's own request back. */
export function WithdrawButton({ org, row }: { org: string; row: RequestRow }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const withdraw = useMutation(
    trpc.requests.withdraw.mutationOptions({
      onSuccess: () => toast(t('requests.withdrawn')),
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => void client.invalidateQueries(trpc.requests.pathFilter()),
    }),
  );
  return (
    <Button
      size="small"
      aria-label={t('requests.withdrawOf', { machine: row.vm.name })}
      busy={withdraw.isPending ? t('requests.withdraw') : null}
      onClick={() => withdraw.mutate({ org, requestId: row.id })}
    >
      {t('requests.withdraw')}
    </Button>
  );
}
