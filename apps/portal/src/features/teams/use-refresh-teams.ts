'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/trpc-provider.tsx';

/** Asks anew for all that changes with a team: who is in it, and what they can reach by it. */
export function useRefreshTeams(): () => Promise<unknown> {
  const trpc = useTRPC();
  const client = useQueryClient();
  return () =>
    Promise.all(
      [trpc.teams, trpc.people, trpc.grants, trpc.access, trpc.machines].map((room) =>
        client.invalidateQueries(room.pathFilter()),
      ),
    );
}
