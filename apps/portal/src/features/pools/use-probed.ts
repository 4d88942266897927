import { skipToken, useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/trpc-provider.tsx';

const ASK_AGAIN_MS = 500;

/** What the worker saw at an address; asked again until it did. Null: nothing was asked. */
export function useProbed(org: string, probeId: string | null) {
  const trpc = useTRPC();
  return useQuery(
    trpc.pools.probeResult.queryOptions(probeId === null ? skipToken : { org, probeId }, {
      refetchInterval: ({ state }) =>
        state.error === null && (state.data === undefined || state.data.status === 'waiting')
          ? ASK_AGAIN_MS
          : false,
    }),
  );
}
