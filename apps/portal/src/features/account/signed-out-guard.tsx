'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';

/** Whoever is signed out meanwhile goes to the sign-in page and comes back to the page they were on. */
export function SignedOutGuard({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => {
    const leave = (error: unknown) => {
      if (error == null || apiErrorOf(error).code !== 'auth/signed-out') return;
      location.replace(signInAddress());
    };
    const queries = client.getQueryCache().subscribe(({ query }) => leave(query.state.error));
    const mutations = client.getMutationCache().subscribe(({ mutation }) => leave(mutation?.state.error));
    return () => {
      queries();
      mutations();
    };
  }, [client]);
  return children;
}

/** The sign-in page that returns to the page one is on. */
export function signInAddress(): string {
  const here = location.pathname + location.search;
  return `/sign-in?next=${encodeURIComponent(here)}`;
}
