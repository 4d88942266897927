'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useTRPC } from '../../trpc/trpc-provider.tsx';

/** The machine of the address. */
export function useMachine() {
  const { org, id } = useParams<{ org: string; id: string }>();
  const trpc = useTRPC();
  return { org, id, query: useQuery(trpc.machines.get.queryOptions({ org, id })) };
}
