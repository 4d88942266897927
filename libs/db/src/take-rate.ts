import { z } from 'zod';
import type { Tx } from './create-db.ts';
import { translating } from './translate-db-error.ts';

/** How many tries of what, for whom, in any window of that length. */
export interface Rate {
  /** What is counted, and for whom: `console.open:person:<id>`. */
  key: string;
  windowS: number;
  max: number;
}

const takenSchema = z.tuple([z.object({ allowed: z.boolean(), retry_after_s: z.number().int() })]);

/**
 * Counts one try, if the transaction commits.
 *
 * @returns null where the try is within the rate, else the seconds until the next one is
 * @throws DbError
 */
export async function takeRate(
  tx: Pick<Tx, '$queryRaw'>,
  { key, windowS, max }: Rate,
): Promise<number | null> {
  const rows = await translating(
    () => tx.$queryRaw`SELECT allowed, retry_after_s FROM rate_take(${key}, ${windowS}::int, ${max}::int)`,
  );
  const [{ allowed, retry_after_s: retryAfterS }] = takenSchema.parse(rows);
  return allowed ? null : Math.max(1, retryAfterS);
}
