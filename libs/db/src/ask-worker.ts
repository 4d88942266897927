import type { Tx } from './create-db.ts';
import type { PgClient } from './pg-pool.ts';
import { translating } from './translate-db-error.ts';

/** What the worker can be asked for; ids alone, the worker reads the rows itself. */
export type WorkerTask =
  | { task: 'probe-pool'; tenantId: string; probeId: string }
  | { task: 'sync-pool'; tenantId: string; poolId: string }
  /** A host answered 401 or 500: its sealed session or the machine's record is stale (architecture §1). */
  | { task: 'refresh-session'; tenantId: string; poolId: string; hostId: string; vmId?: string };

/**
 * Puts a job before the worker; the same one is there at most once. `tenantId` is the owner of the pool.
 *
 * @throws DbError
 */
export async function askWorker(
  client: Pick<Tx, '$queryRaw'> | PgClient,
  { task, ...payload }: WorkerTask,
): Promise<void> {
  const json = JSON.stringify(payload);
  await translating<unknown>(() =>
    '$queryRaw' in client
      ? client.$queryRaw`SELECT ask_worker(${task}, ${json}::jsonb)::text`
      : client.query('SELECT ask_worker($1, $2::jsonb)', [task, json]),
  );
}
