import type { Tx } from '@porthole/db';
import type { Explanation, Facts, Refusal, Right } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { grantFields } from '../grants/grant-fields.ts';
import { describeGrants, type GrantRow } from '../grants/list-grants.ts';

/** People that one report or preview names; each costs a look at all that is true of them. */
export const MAX_PEOPLE_TOLD = 200;

/** What one person may do with one machine. */
export interface AccessRow {
  /** Of the machine where a person is asked about, of the person where a machine is. */
  id: string;
  name: string;
  rights: readonly Right[];
  /** Why there are none though something would give them. */
  barred: Refusal | null;
  /** The place in the organisation gives rights. */
  byRole: boolean;
  /** Every grant that gives rights. */
  grantIds: string[];
}

export interface AccessReport {
  of: { id: string; name: string };
  rows: AccessRow[];
  /** The grants that rows name. */
  grants: GrantRow[];
  /** There are more rows than are told. */
  more: boolean;
}

export function toAccessRow(id: string, name: string, { rights, barred, because }: Explanation): AccessRow {
  return {
    id,
    name,
    rights,
    barred,
    byRole: because.some(({ kind }) => kind === 'role'),
    grantIds: because.flatMap((reason) => (reason.kind === 'grant' ? [reason.grantId] : [])),
  };
}

/** The grants that the rows name, in words. @throws DbError */
export async function grantsOfRows(
  tx: Tx,
  actor: Actor,
  facts: Facts,
  rows: readonly AccessRow[],
): Promise<GrantRow[]> {
  const ids = [...new Set(rows.flatMap(({ grantIds }) => grantIds))];
  if (ids.length === 0) return [];
  const grants = await tx.accessGrant.findMany({
    where: { tenantId: actor.tenantId, id: { in: ids } },
    select: grantFields,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return describeGrants(tx, actor, facts, grants);
}
