import type { Instrumentation } from 'next';

/** Runs once when the server starts: settings that are not complete end it here, all named, before any request. */
export async function register(): Promise<void> {
  const { runsInNode, loadEnvOrExit } = await import('./env.ts');
  if (runsInNode()) loadEnvOrExit();
}

/** Errors while drawing a page; those of calls are written where calls end, in server/trpc.ts. */
export const onRequestError: Instrumentation.onRequestError = async (err, request, context) => {
  const { runsInNode } = await import('./env.ts');
  if (!runsInNode()) return;
  const { getDeps } = await import('./server/deps.ts');
  // A path may hold a search, and a search what somebody is looking for: the route says enough.
  getDeps().logger.error(
    { err, method: request.method, route: context.routePath },
    'a page could not be drawn',
  );
};
