import { type Tx, translating } from '@porthole/db';
import { z } from 'zod';

const rowsSchema = z.array(z.object({ tenantId: z.string() }));

/**
 * Which of a person's organisations open to nobody without a second factor. Needs no organisation in context.
 *
 * @returns their ids
 * @throws DbError
 */
export async function factorDemandsOf(tx: Pick<Tx, '$queryRaw'>, personId: string): Promise<Set<string>> {
  const rows = await translating(
    () => tx.$queryRaw`SELECT factor_demands_of(${personId}::uuid)::text AS "tenantId"`,
  );
  return new Set(rowsSchema.parse(rows).map(({ tenantId }) => tenantId));
}
