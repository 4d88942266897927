import { getDeps } from '../../../server/deps.ts';

export const dynamic = 'force-dynamic';

/** The process can do its work: the database answers. Why it does not stands in the log alone. */
export async function GET(): Promise<Response> {
  const { db, logger } = getDeps();
  try {
    await db.ping();
    return new Response(null, { status: 204 });
  } catch (err) {
    logger.warn({ err }, 'not ready: the database doesn’t answer');
    return new Response(null, { status: 503, headers: { 'retry-after': '1' } });
  }
}
