import type { Db } from '@porthole/db';
import { lackedNeeds, readAccountRights, type XenSession } from '@porthole/xenapi';
import type { PoolIds } from './read-pool.ts';

const ACCOUNT_TIMEOUT_MS = 10_000;

/**
 * Writes what the pool says the account may do there, so that a role that is too low, or one that is root's, is told before
 * somebody meets it on a console (security.md §3).
 * @throws DbError, XenTransportError, EgressError; XenApiError `SESSION_INVALID`
 */
export async function tellAccount(
  db: Db,
  { tenantId, poolId }: PoolIds,
  session: XenSession,
  signal: AbortSignal,
): Promise<void> {
  const rights = await readAccountRights(session, { timeoutMs: ACCOUNT_TIMEOUT_MS, signal });
  const told = {
    accountSuperuser: rights?.isSuperuser ?? null,
    accountLacks: rights === null ? [] : lackedNeeds(rights),
  };
  await db.withTenant(tenantId, (tx) => tx.pool.updateMany({ where: { tenantId, id: poolId }, data: told }));
}
