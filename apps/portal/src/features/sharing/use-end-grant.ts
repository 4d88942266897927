'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { GrantRow } from '../../server/grants/list-grants.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** Taken back at once, with the way to give it again: the same grant, for as long as it would have lasted. */
export function useEndGrant(org: string, grant: GrantRow, who: string) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const refresh = () =>
    Promise.all([
      client.invalidateQueries(trpc.access.pathFilter()),
      client.invalidateQueries(trpc.grants.pathFilter()),
      client.invalidateQueries(trpc.machines.pathFilter()),
    ]);
  const give = useMutation(
    trpc.grants.give.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast(t('access.restored', { person: who }));
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  const end = useMutation(
    trpc.grants.end.mutationOptions({
      onSuccess: async () => {
        await refresh();
        const { person, target, role, endsAt, reason } = grant;
        const undo =
          person === null || target.kind !== 'vm'
            ? []
            : [() => give.mutate({ org, vmId: target.vmId, personId: person.id, role, endsAt, reason })];
        toast(t('access.ended', { person: who }), ...undo);
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return { end: () => end.mutate({ org, grantId: grant.id }), busy: end.isPending };
}
