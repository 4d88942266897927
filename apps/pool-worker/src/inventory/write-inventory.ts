import { randomUUID } from 'node:crypto';
import type { Db, Tx } from '@porthole/db';
import type { PoolIds } from '../pools/read-pool.ts';
import { changedColumns } from './diff.ts';
import type { HostFacts } from './map-host.ts';
import type { VmChange } from './plan-vms.ts';
import type { StoredHost, StoredVm } from './stored-rows.ts';

/** Rows of one transaction: locks stay short, and a pool of ten thousand machines is many small steps. */
export const ROWS_PER_TRANSACTION = 200;

/**
 * Brings the pool's host rows in step, and `stored` with them. Rows of hosts that left the pool stay until
 * {@link deleteHosts}: machines may still point at them.
 * @throws DbError
 */
export async function writeHosts(
  db: Db,
  ids: PoolIds,
  stored: Map<string, StoredHost>,
  hosts: readonly HostFacts[],
): Promise<void> {
  const changed = hosts.flatMap((facts) => {
    const before = stored.get(facts.uuid);
    if (before === undefined) return [{ facts, id: randomUUID(), isNew: true }];
    return changedColumns<HostFacts>(before, facts) === null ? [] : [{ facts, id: before.id, isNew: false }];
  });
  if (changed.length === 0) return;
  await db.withTenant(ids.tenantId, async (tx) => {
    for (const { facts, id, isNew } of changed) {
      const { uuid, ...columns } = facts;
      if (isNew) {
        await tx.host.createMany({
          data: { tenantId: ids.tenantId, poolId: ids.poolId, id, uuid, ...columns },
        });
      } else {
        await tx.host.updateMany({
          where: { tenantId: ids.tenantId, id },
          data: { ...columns, updatedAt: new Date() },
        });
      }
    }
  });
  for (const { facts, id } of changed) stored.set(facts.uuid, { id, ...facts });
}

/** Deletes hosts that are no member any more, their trust and sealed sessions with them. @throws DbError */
export async function deleteHosts(
  db: Db,
  ids: PoolIds,
  stored: Map<string, StoredHost>,
  isMember: (hostUuid: string) => boolean,
): Promise<void> {
  const left = [...stored.values()].filter(({ uuid }) => !isMember(uuid));
  if (left.length === 0) return;
  await db.withTenant(ids.tenantId, (tx) =>
    tx.host.deleteMany({ where: { tenantId: ids.tenantId, id: { in: left.map(({ id }) => id) } } }),
  );
  for (const { uuid } of left) stored.delete(uuid);
}

/** Writes the changes in small transactions, only the columns that differ, and keeps `stored` in step. @throws DbError */
export async function writeVms(
  db: Db,
  ids: PoolIds,
  stored: Map<string, StoredVm>,
  changes: readonly VmChange[],
): Promise<void> {
  for (let start = 0; start < changes.length; start += ROWS_PER_TRANSACTION) {
    const part = changes.slice(start, start + ROWS_PER_TRANSACTION);
    await db.withTenant(ids.tenantId, (tx) => writePart(tx, ids, part));
    for (const change of part) remember(stored, change);
  }
}

async function writePart(tx: Tx, { tenantId, poolId }: PoolIds, part: readonly VmChange[]): Promise<void> {
  const created = part.filter((change) => change.kind === 'create');
  if (created.length > 0) {
    await tx.vm.createMany({
      data: created.map(({ row, holderTenantId }) => ({
        ...row,
        tags: [...row.tags],
        addresses: [...row.addresses],
        tenantId: holderTenantId,
        poolTenantId: tenantId,
        poolId,
      })),
    });
  }
  for (const change of part) {
    if (change.kind !== 'update') continue;
    const { tags, addresses, ...columns } = change.columns;
    await tx.vm.updateMany({
      where: { poolTenantId: tenantId, id: change.id },
      data: {
        ...columns,
        ...(tags === undefined ? {} : { tags: [...tags] }),
        ...(addresses === undefined ? {} : { addresses: [...addresses] }),
        seenAt: new Date(),
      },
    });
  }
}

function remember(stored: Map<string, StoredVm>, change: VmChange): void {
  if (change.kind === 'create') {
    stored.set(change.row.uuid, change.row);
    return;
  }
  const before = stored.get(change.uuid);
  if (before !== undefined) stored.set(change.uuid, { ...before, ...change.columns });
}
