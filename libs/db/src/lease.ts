import type { PgClient } from './pg-pool.ts';

/**
 * Takes or renews the lease on a pool: one watcher for each (architecture §1). One statement, so that two that try at
 * once cannot both have it; the database's clock decides what has run out.
 *
 * @param lease.seconds how long it holds from now
 * @returns whether `holder` has it now
 */
export async function acquireLease(
  client: PgClient,
  lease: { poolId: string; holder: string; seconds: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO pool_lease AS held (pool_id, holder, until)
     VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
     ON CONFLICT (pool_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE held.holder = excluded.holder OR held.until < clock_timestamp()`,
    [lease.poolId, lease.holder, lease.seconds],
  );
  return rowCount === 1;
}

/** Gives the lease back, if it is still the holder's. */
export async function releaseLease(
  client: PgClient,
  lease: { poolId: string; holder: string },
): Promise<void> {
  await client.query('DELETE FROM pool_lease WHERE pool_id = $1 AND holder = $2', [
    lease.poolId,
    lease.holder,
  ]);
}
