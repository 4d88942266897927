import type { Tx } from '@porthole/db';

/**
 * Waits for every change of rights in the organisation that is under way, and holds up those that come: each raises the
 * epoch in this row (migration 0007). Facts loaded after it are true until the commit, so nobody gives on a right that
 * is being taken from them in the same moment. First in its transaction.
 */
export async function lockAuthority(tx: Tx, tenantId: string): Promise<void> {
  await tx.$queryRaw`SELECT id::text FROM tenant WHERE id = ${tenantId}::uuid FOR UPDATE`;
}
