'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { GuestLinkRow } from '../../server/guests/guest-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** Ends a guest link at once, with the way to take that back. */
export function useEndLink(org: string, link: Pick<GuestLinkRow, 'id' | 'guest'>) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries(trpc.guests.pathFilter());
  const names = { guest: link.guest };
  const restore = useMutation(
    trpc.guests.restore.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast(t('guests.restored', names));
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  const end = useMutation(
    trpc.guests.end.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast(t('guests.ended', names), () => restore.mutate({ org, linkId: link.id }));
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  return { end: () => end.mutate({ org, linkId: link.id }), busy: end.isPending };
}
