import type { Tx } from '@porthole/db';
import type { PoolIds } from '../pools/read-pool.ts';
import type { HostFacts } from './map-host.ts';
import type { VmFacts } from './map-vm.ts';

/** A host as its row says. */
export interface StoredHost extends HostFacts {
  readonly id: string;
}

/** The columns of `vm` that a pool's records decide. */
export interface VmColumns extends Omit<VmFacts, 'residentHostUuid'> {
  readonly residentHostId: string | null;
  readonly goneAt: Date | null;
}

/** A machine as its row says. */
export interface StoredVm extends VmColumns {
  readonly id: string;
  readonly holderTenantId: string;
  /** Somebody decided who holds it; the rules leave it alone. */
  readonly byHand: boolean;
}

/** Hosts of the pool, by the pool's own uuid. */
export async function readHosts(tx: Tx, { tenantId, poolId }: PoolIds): Promise<Map<string, StoredHost>> {
  const rows = await tx.host.findMany({
    where: { tenantId, poolId },
    select: {
      id: true,
      uuid: true,
      name: true,
      address: true,
      isCoordinator: true,
      enabled: true,
      live: true,
    },
  });
  return new Map(rows.map((row) => [row.uuid, row]));
}

/** Machines of the pool, gone ones included, by the pool's own uuid. */
export async function readVms(tx: Tx, { tenantId, poolId }: PoolIds): Promise<Map<string, StoredVm>> {
  const rows = await tx.vm.findMany({
    where: { poolTenantId: tenantId, poolId },
    select: {
      id: true,
      tenantId: true,
      byHand: true,
      uuid: true,
      name: true,
      description: true,
      tags: true,
      folder: true,
      powerState: true,
      operation: true,
      isControlDomain: true,
      screenSwitchedOff: true,
      residentHostId: true,
      domid: true,
      screenConsoleRef: true,
      textConsoleRef: true,
      memoryBytes: true,
      vcpus: true,
      osName: true,
      addresses: true,
      startedAt: true,
      goneAt: true,
    },
  });
  return new Map(rows.map(({ tenantId: holderTenantId, ...row }) => [row.uuid, { ...row, holderTenantId }]));
}
