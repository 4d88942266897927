import { runMigrations } from 'graphile-worker';
import pg from 'pg';

/** Tables of graphile-worker 0.16 with row-level security on; it expects to run as their owner, and ours does not. */
const GUARDED_TABLES = ['_private_jobs', '_private_job_queues', '_private_tasks', '_private_known_crontabs'];

/**
 * Brings graphile-worker's schema up to date as the owner and opens it to the two roles that need it: the worker runs
 * jobs, the door adds them through `ask_worker()` (architecture §1). Idempotent; run after every upgrade of
 * graphile-worker, whose migrations may add tables and functions.
 *
 * @param ownerUrl connection string of `porthole_owner`, with password
 */
export async function migrateQueue(ownerUrl: string): Promise<void> {
  await runMigrations({ connectionString: ownerUrl });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(GRANTS);
  } finally {
    await client.end();
  }
}

const GRANTS = `
BEGIN;
REVOKE ALL ON SCHEMA graphile_worker FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker FROM PUBLIC;
GRANT USAGE ON SCHEMA graphile_worker TO porthole_worker, porthole_door;
GRANT ALL ON ALL TABLES IN SCHEMA graphile_worker TO porthole_worker;
GRANT ALL ON ALL SEQUENCES IN SCHEMA graphile_worker TO porthole_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO porthole_worker;
${GUARDED_TABLES.map(
  (table) => `
DROP POLICY IF EXISTS worker ON graphile_worker.${table};
CREATE POLICY worker ON graphile_worker.${table} TO porthole_worker USING (true) WITH CHECK (true);`,
).join('')}
-- The door bypasses row-level security and adds jobs, nothing else.
GRANT EXECUTE ON FUNCTION graphile_worker.add_job, graphile_worker.add_jobs TO porthole_door;
GRANT SELECT, INSERT, UPDATE ON graphile_worker._private_jobs, graphile_worker._private_tasks,
  graphile_worker._private_job_queues TO porthole_door;
COMMIT;
`;
