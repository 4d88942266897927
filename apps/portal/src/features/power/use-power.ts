'use client';

import type { PowerAct } from '@porthole/rbac';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PowerAnswer } from '../../server/power/request-power.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** While something is under way one also looks without a hint, in milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** Operations of one machine, or of all that are under way or have just ended. */
export function useOperations(org: string, vmId?: string) {
  const trpc = useTRPC();
  return useQuery(
    trpc.power.operations.queryOptions(
      { org, ...(vmId === undefined ? {} : { vmId }) },
      {
        refetchInterval: ({ state }) =>
          state.data?.some(({ finishedAt }) => finishedAt === null) === true ? LOOK_EVERY_MS : false,
      },
    ),
  );
}

/** Asks machines for something; what is refused is said, what is asked shows as it goes. */
export function useRequestPower(org: string, onAnswers?: (answers: PowerAnswer[]) => void) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const request = useMutation(
    trpc.power.request.mutationOptions({
      onSuccess: (answers, { act }) => {
        const asked = answers.filter(({ operationId }) => operationId !== null).length;
        if (onAnswers !== undefined) onAnswers(answers);
        else if (asked > 0) toast(t('power.toast', { act, machine: answers[0]?.vmName ?? '' }));
        else for (const answer of answers.slice(0, 1)) toast(refusalWords(answer, t));
      },
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => {
        void client.invalidateQueries(trpc.power.operations.pathFilter());
        void client.invalidateQueries(trpc.machines.pathFilter());
      },
    }),
  );
  return {
    isPending: request.isPending,
    ask: (vmIds: string[], act: PowerAct) => request.mutate({ org, vmIds, act }),
  };
}

export function useCancelPower() {
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  return useMutation(
    trpc.power.cancel.mutationOptions({
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => void client.invalidateQueries(trpc.power.operations.pathFilter()),
    }),
  );
}

const STATE_WORDS = { Running: 'running', Halted: 'off', Paused: 'paused', Suspended: 'suspended' } as const;

/** Why a machine was left alone: "web-01 is off already". */
export function refusalWords(
  { refusal, vmName, powerState }: PowerAnswer,
  t: ReturnType<typeof useWords>,
): string {
  return t(`power.refused.${refusal ?? 'busy'}`, {
    machine: vmName,
    state: t(`state.${STATE_WORDS[powerState]}`).toLowerCase(),
  });
}
