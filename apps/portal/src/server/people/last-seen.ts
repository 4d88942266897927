import type { Tx } from '@porthole/db';
import { z } from 'zod';

const rowsSchema = z.array(z.object({ personId: z.string(), at: z.date() }));

/**
 * When each person last did something that this organisation's log knows of, signing in included. What they do in other
 * organisations is not told here.
 *
 * @returns time by person id; who never did anything is missing
 */
export async function lastSeenOf(
  tx: Pick<Tx, '$queryRaw'>,
  tenantId: string,
  personIds: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await tx.$queryRaw`
    SELECT p.id::text AS "personId", e.at
    FROM unnest(${[...personIds]}::uuid[]) AS p(id)
    CROSS JOIN LATERAL (
      SELECT a.at FROM audit_event a WHERE a.tenant_id = ${tenantId}::uuid AND a.actor_person_id = p.id
      ORDER BY a.seq DESC LIMIT 1) e`;
  return new Map(rowsSchema.parse(rows).map(({ personId, at }) => [personId, at]));
}
