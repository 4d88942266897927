'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter, useSearchParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useToast } from '../../ui/toast.tsx';

/** While a run is under way it is read this often, should a hint be lost, in milliseconds. */
const POLL_OPEN_MS = 3_000;

/** The history of the pool that the address names, and the run that is looked at: the one asked for, or the newest. */
export function useChecks() {
  const { org, id } = useParams<{ org: string; id: string }>();
  const asked = useSearchParams().get('run');
  const trpc = useTRPC();
  const list = useQuery(
    trpc.checks.list.queryOptions(
      { org, id },
      { refetchInterval: (query) => (hasOpen(query.state.data?.runs) ? POLL_OPEN_MS : false) },
    ),
  );
  const runs = list.data?.runs ?? [];
  const shown = runs.find((run) => run.id === asked) ?? runs[0];
  const run = useQuery(
    trpc.checks.get.queryOptions(
      { org, runId: shown?.id ?? '' },
      {
        enabled: shown !== undefined,
        refetchInterval: (query) => (query.state.data?.finishedAt === null ? POLL_OPEN_MS : false),
      },
    ),
  );
  return { org, id, list, runs, shown, run, open: runs.find(({ finishedAt }) => finishedAt === null) };
}

function hasOpen(runs: readonly { finishedAt: Date | null }[] | undefined): boolean {
  return runs?.some(({ finishedAt }) => finishedAt === null) ?? false;
}

/** Asks for a check and goes to where its steps appear. */
export function useRunCheck(org: string) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  return useMutation(
    trpc.checks.run.mutationOptions({
      onSuccess: async ({ runId }, { id }) => {
        await client.invalidateQueries(trpc.checks.list.pathFilter());
        router.push(`/o/${org}/pools/${id}/checks?run=${runId}`, { scroll: false });
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
}

export function useCancelCheck() {
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  return useMutation(
    trpc.checks.cancel.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.checks.pathFilter()),
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
}
