import type { Tx } from '@porthole/db';

/** How many machines each pool of the organisation has, whoever holds them. */
export async function countMachines(tx: Tx, tenantId: string): Promise<Map<string, number>> {
  const groups = await tx.vm.groupBy({
    by: ['poolId'],
    where: { poolTenantId: tenantId, goneAt: null, isControlDomain: false },
    _count: { _all: true },
  });
  return new Map(groups.map(({ poolId, _count }) => [poolId, _count._all]));
}
