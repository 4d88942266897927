import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { appRouter } from '../../../../server/app-router.ts';
import { createContext } from '../../../../server/context.ts';
import { MAX_BATCH_ITEMS, TRPC_ENDPOINT } from '../../../../trpc/endpoint.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

function handle(request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: TRPC_ENDPOINT,
    req: request,
    router: appRouter,
    createContext,
    maxBatchSize: MAX_BATCH_ITEMS,
  });
}

export { handle as GET, handle as POST };
