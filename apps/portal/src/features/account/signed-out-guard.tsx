'use client';

import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';

const Held = createContext({ current: 0 });

/** Whoever is signed out meanwhile goes to the sign-in page and comes back to the page they were on. */
export function SignedOutGuard({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const held = useRef(0);
  useEffect(() => {
    const leave = (error: unknown) => {
      if (error == null || apiErrorOf(error).code !== 'auth/signed-out' || held.current > 0) return;
      location.replace(signInAddress());
    };
    const queries = client.getQueryCache().subscribe(({ query }) => leave(query.state.error));
    const mutations = client.getMutationCache().subscribe(({ mutation }) => leave(mutation?.state.error));
    return () => {
      queries();
      mutations();
    };
  }, [client]);
  return <Held value={held}>{children}</Held>;
}

/** A page that tells the end of the sign-in itself, as an open console does, stays while it is shown. */
export function useStaysSignedOut(): void {
  const held = useContext(Held);
  useEffect(() => {
    held.current += 1;
    return () => {
      held.current -= 1;
    };
  }, [held]);
}

/** The sign-in page that returns to the page one is on. */
export function signInAddress(): string {
  const here = location.pathname + location.search;
  return `/sign-in?next=${encodeURIComponent(here)}`;
}
