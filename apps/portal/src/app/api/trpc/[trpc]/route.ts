import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { appRouter } from '../../../../server/app-router.ts';
import { bodyRefusal } from '../../../../server/bounded-request.ts';
import { createContext } from '../../../../server/context.ts';
import { MAX_BATCH_ITEMS, TRPC_ENDPOINT } from '../../../../trpc/endpoint.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

async function handle(request: Request): Promise<Response> {
  const refusal = bodyRefusal(request.headers, request.method);
  if (refusal !== null) return new Response(null, { status: refusal });
  return fetchRequestHandler({
    endpoint: TRPC_ENDPOINT,
    req: request,
    router: appRouter,
    createContext,
    maxBatchSize: MAX_BATCH_ITEMS,
  });
}

export { handle as GET, handle as POST };
