import type { Tx } from '@porthole/db';
import { z } from 'zod';
import type { Deps as AllDeps } from './deps-type.ts';
import { LimitError } from './limit-error.ts';

export interface Rate {
  /** What is counted, and for whom: `console.open:person:<id>`. */
  key: string;
  windowS: number;
  max: number;
}

const takenSchema = z.tuple([z.object({ allowed: z.boolean(), retry_after_s: z.number().int() })]);

/**
 * Counts one try against each rate, in a transaction of its own: what is refused afterwards was a try all the same.
 *
 * @throws LimitError `rate/limited`
 */
export async function assertRates({ db }: Pick<AllDeps, 'db'>, rates: readonly Rate[]): Promise<void> {
  await db.withoutTenant(async (tx) => {
    for (const rate of rates) {
      const retryAfterS = await take(tx, rate);
      if (retryAfterS !== null) throw new LimitError(retryAfterS, { key: rate.key, max: rate.max });
    }
  });
}

/** Null where the try is within the rate, else the seconds until the next one is. */
export async function take(tx: Tx, { key, windowS, max }: Rate): Promise<number | null> {
  const rows =
    await tx.$queryRaw`SELECT allowed, retry_after_s FROM rate_take(${key}, ${windowS}::int, ${max}::int)`;
  const [{ allowed, retry_after_s: retryAfterS }] = takenSchema.parse(rows);
  return allowed ? null : Math.max(1, retryAfterS);
}
