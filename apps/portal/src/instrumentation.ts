import type { Instrumentation } from 'next';

// Next builds this file for its edge runtime too, and leaves Node's modules out of that only where the check stands
// right here, as an expression that it can decide while it builds.

/** Runs once when the server starts: settings that are not complete end it here, all named, before any request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { loadEnvOrExit } = await import('./env.ts');
    loadEnvOrExit();
  }
}

/** Errors while drawing a page; those of calls are written where calls end, in server/trpc.ts. */
export const onRequestError: Instrumentation.onRequestError = async (err, request, context) => {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { getDeps } = await import('./server/deps.ts');
    // A path may hold a search, and a search what somebody is looking for: the route says enough.
    getDeps().logger.error(
      { err, method: request.method, route: context.routePath },
      'a page could not be drawn',
    );
  }
};
