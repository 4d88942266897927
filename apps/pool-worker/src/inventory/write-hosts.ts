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
  const { tenantId, poolId } = ids;
  const created = hosts
    .filter(({ uuid }) => !stored.has(uuid))
    .map((facts): StoredHost => ({ id: randomUUID(), ...facts }));
  const changed = hosts.flatMap((facts): StoredHost[] => {
    const before = stored.get(facts.uuid);
    if (before === undefined || changedColumns<HostFacts>(before, facts) === null) return [];
    return [{ id: before.id, ...facts }];
  });
  if (created.length === 0 && changed.length === 0) return;
  await db.withTenant(tenantId, async (tx) => {
    if (created.length > 0)
      await tx.host.createMany({ data: created.map((host) => ({ tenantId, poolId, ...host })) });
    for (const { id, uuid, ...columns } of changed)
      await tx.host.updateMany({
        where: { tenantId, id, uuid },
        data: { ...columns, updatedAt: new Date() },
      });
  });
  for (const host of [...created, ...changed]) stored.set(host.uuid, host);
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
