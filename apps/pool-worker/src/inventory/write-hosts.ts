import { randomUUID } from 'node:crypto';
import type { Db } from '@porthole/db';
import type { PoolIds } from '../pools/read-pool.ts';
import { changedColumns } from './diff.ts';
import type { HostFacts } from './map-host.ts';
import type { StoredHost } from './stored-rows.ts';

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
