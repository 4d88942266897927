import type { Rate } from '@porthole/db';
import type { Fixture } from './portal-fixture.ts';

/** As many tries as there may be have been counted: the next one is refused, and no test makes hundreds to get there. */
export async function fillRate({ sql }: Pick<Fixture, 'sql'>, { key, windowS, max }: Rate): Promise<void> {
  await sql(
    `INSERT INTO rate_counter (key, window_start, count)
     VALUES ($1, to_timestamp(floor(extract(epoch FROM now()) / $2::int) * $2::int), $3)
     ON CONFLICT (key, window_start) DO UPDATE SET count = excluded.count`,
    [`rate|${key}`, windowS, max],
  );
}
