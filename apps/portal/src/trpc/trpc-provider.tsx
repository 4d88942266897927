'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import superjson from 'superjson';
import type { AppRouter } from '../server/app-router.ts';
import { ConfirmBroker } from './confirm-broker.ts';
import { confirmLink } from './confirm-link.ts';
import { MAX_BATCH_ITEMS, TRPC_ENDPOINT } from './endpoint.ts';
import { NoteInput } from './note-input.tsx';

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

const Broker = createContext(new ConfirmBroker());

/** Where the dialog that asks who it is takes its place. */
export function useConfirmBroker(): ConfirmBroker {
  return useContext(Broker);
}

/** Gives every client component below it the typed API: queries and mutations batched, subscriptions by SSE. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [broker] = useState(() => new ConfirmBroker());
  const [trpcClient] = useState(() => createClient(broker));
  const note = useCallback(() => trpcClient.auth.touch.mutate(), [trpcClient]);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        <NoteInput note={note} />
        <Broker value={broker}>{children}</Broker>
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // A refusal stays one when asked again; what is worth retrying says so to its own page.
      queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

function createClient(broker: ConfirmBroker) {
  return createTRPCClient<AppRouter>({
    links: [
      confirmLink(broker),
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: TRPC_ENDPOINT, transformer: superjson }),
        false: httpBatchLink({
          url: TRPC_ENDPOINT,
          transformer: superjson,
          maxItems: MAX_BATCH_ITEMS,
          maxURLLength: 4_000,
        }),
      }),
    ],
  });
}
