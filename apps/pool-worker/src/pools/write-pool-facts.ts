import type { Db } from '@porthole/db';
import { cleanText } from '../inventory/clean-text.ts';
import { poolRecordOf } from '../inventory/map-host.ts';
import type { PoolModel } from '../inventory/pool-model.ts';
import type { PoolIds } from './read-pool.ts';

const MAX_VERSION_LENGTH = 80;
const MAX_IDLE_TIMEOUT_S = 2_147_483_647;

/** What the pool says about itself, as columns of `pool`. */
export interface PoolFacts {
  readonly productVersion: string | null;
  readonly limitConsoleSessions: boolean;
  readonly consoleIdleTimeoutS: number | null;
}

export function mapPool(model: PoolModel): PoolFacts {
  const pool = poolRecordOf(model);
  const master = pool?.master ? model.tables.host.get(pool.master) : undefined;
  const { product_brand: brand = '', product_version: version = '' } = master?.software_version ?? {};
  const timeout = pool?.vm_console_idle_timeout ?? 0;
  return {
    productVersion: cleanText(`${brand} ${version}`, MAX_VERSION_LENGTH) || null,
    limitConsoleSessions: pool?.limit_console_sessions ?? false,
    // 0 is never (xenapi.md §4.5).
    consoleIdleTimeoutS:
      Number.isInteger(timeout) && timeout > 0 && timeout <= MAX_IDLE_TIMEOUT_S ? timeout : null,
  };
}

/** @throws DbError */
export async function writePoolFacts(db: Db, ids: PoolIds, facts: PoolFacts): Promise<void> {
  await db.withTenant(ids.tenantId, (tx) =>
    tx.pool.updateMany({
      where: { tenantId: ids.tenantId, id: ids.poolId },
      data: { ...facts, lastSyncAt: new Date() },
    }),
  );
}
