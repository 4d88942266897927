import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** Ends support in one press; whoever was inside is out, and who leaves themself goes back to their own organisations. */
export function useEndSupport(org: string, leaves = false) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  return useMutation(
    trpc.support.end.mutationOptions({
      onSuccess: () => {
        if (leaves) location.assign('/organisations?all');
        else toast(t('support.ended', { org }));
      },
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => void client.invalidateQueries(trpc.support.pathFilter()),
    }),
  );
}
