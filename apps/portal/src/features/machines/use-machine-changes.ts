'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTRPC, useTRPCClient } from '../../trpc/trpc-provider.tsx';
import { mergeChanges } from './merge-changes.ts';

/**
 * Brings the list of machines in step after a hint: asks for what has changed since it was read, and for all of it only where
 * that cannot be merged. Thousands of machines cost what changed of them (architecture §8).
 */
export function useMachineChanges(org: string): () => Promise<void> {
  const trpc = useTRPC();
  const api = useTRPCClient();
  const client = useQueryClient();
  const key = trpc.machines.list.queryKey({ org });
  return async () => {
    void client.invalidateQueries(trpc.machines.get.pathFilter());
    const list = client.getQueryData(key);
    // While it is being read, what is read may be of before.
    if (list === undefined || client.isFetching({ queryKey: key }) > 0)
      return client.invalidateQueries({ queryKey: key });
    const changed = await api.machines.changed
      .query({ org, since: list.asOf, pools: list.pools })
      .catch(() => null);
    const now = client.getQueryData(key);
    // Read anew meanwhile: that knows at least as much.
    if (now !== list) return;
    const merged = changed === null ? null : mergeChanges(list, changed);
    if (merged === null) await client.invalidateQueries({ queryKey: key });
    else client.setQueryData(key, merged);
  };
}
