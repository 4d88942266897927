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
      client.invalidateQueries(trpc.teams.pathFilter()),
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
        const { person, team, target, role, endsAt, reason } = grant;
        const over = target.kind === 'vm' ? { kind: target.kind, vmId: target.vmId } : target;
        const to = [
          ...(person === null ? [] : [{ kind: 'person' as const, id: person.id }]),
          ...(team === null ? [] : [{ kind: 'team' as const, id: team.id }]),
        ];
        const rights = grant.rights.filter((right) => right !== 'host-console');
        toast(t('access.ended', { person: who }), () =>
          give.mutate({ org, to, over, role, rights, endsAt, reason }),
        );
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return { end: () => end.mutate({ org, grantId: grant.id }), busy: end.isPending };
}
