import { type Rate, takeRate } from '@porthole/db';
import type { Deps as AllDeps } from './deps-type.ts';
import { LimitError } from './limit-error.ts';

/**
 * Counts one try against each rate, in a transaction of its own: what is refused afterwards was a try all the same.
 *
 * @throws LimitError `rate/limited`
 */
export async function assertRates({ db }: Pick<AllDeps, 'db'>, rates: readonly Rate[]): Promise<void> {
  await db.withoutTenant(async (tx) => {
    for (const rate of rates) {
      const retryAfterS = await takeRate(tx, rate);
      if (retryAfterS !== null) throw new LimitError(retryAfterS, { key: rate.key, max: rate.max });
    }
  });
}
