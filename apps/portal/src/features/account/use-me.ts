'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../trpc/trpc-provider.tsx';

const ME_FRESH_MS = 60_000;

/** Who is signed in, and where they belong. */
export function useMe() {
  const trpc = useTRPC();
  return useQuery(trpc.auth.me.queryOptions(undefined, { staleTime: ME_FRESH_MS }));
}

/** The organisation of the address; null while it loads or where the person is no member. */
export function useOrganisation(slug: string) {
  const me = useMe();
  return me.data?.organisations.find((organisation) => organisation.slug === slug) ?? null;
}
