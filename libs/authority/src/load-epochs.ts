import { type PgClient, type Tx, translating } from '@porthole/db';
import { z } from 'zod';

const rowsSchema = z.array(z.object({ id: z.string(), epoch: z.string() }));

/**
 * The epochs of organisations and persons: each grows with every change that `can()` may judge by. Who holds something
 * open compares them once a second and loads the facts anew where one differs.
 *
 * @returns epoch by id, both as text; what does not exist is missing
 * @throws DbError
 */
export async function loadEpochs(
  query: Pick<Tx, '$queryRaw'> | PgClient,
  { tenantIds, personIds }: { tenantIds: readonly string[]; personIds: readonly string[] },
): Promise<Map<string, string>> {
  const rows = await translating(async () =>
    '$queryRaw' in query
      ? await query.$queryRaw`
          SELECT id, epoch::text FROM authority_epochs(${[...tenantIds]}::uuid[], ${[...personIds]}::uuid[])`
      : (
          await query.query('SELECT id, epoch::text FROM authority_epochs($1::uuid[], $2::uuid[])', [
            tenantIds,
            personIds,
          ])
        ).rows,
  );
  return new Map(rowsSchema.parse(rows).map((row) => [row.id, row.epoch]));
}
