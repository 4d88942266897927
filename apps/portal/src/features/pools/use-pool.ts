'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useTRPC } from '../../trpc/trpc-provider.tsx';

/** The pool that the address names; its frame and its tabs share one question. */
export function usePool() {
  const { org, id } = useParams<{ org: string; id: string }>();
  const trpc = useTRPC();
  return { org, id, query: useQuery(trpc.pools.get.queryOptions({ org, id })) };
}
