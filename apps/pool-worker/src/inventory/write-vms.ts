import { type Db, inTenantTransaction } from '@porthole/db';
import { z } from 'zod';
import type { PoolIds } from '../pools/read-pool.ts';
import type { VmChange } from './plan-vms.ts';
import type { StoredVm } from './stored-rows.ts';

/** Rows of one transaction: locks stay short, and a pool of ten thousand machines is many small steps. */
export const ROWS_PER_TRANSACTION = 500;

/** Every column that a pool's records decide, with its type; `seen_at` is the database's own word. */
const COLUMNS = [
  ['name', 'text'],
  ['description', 'text'],
  ['tags', 'text[]'],
  ['folder', 'text'],
  ['power_state', 'power_state'],
  ['operation', 'text'],
  ['is_control_domain', 'boolean'],
  ['screen_switched_off', 'boolean'],
  ['resident_host_id', 'uuid'],
  ['domid', 'int'],
  ['screen_console_ref', 'text'],
  ['text_console_ref', 'text'],
  ['memory_bytes', 'bigint'],
  ['vcpus', 'int'],
  ['os_name', 'text'],
  ['addresses', 'text[]'],
  ['started_at', 'timestamptz'],
  ['gone_at', 'timestamptz'],
] as const;
const NAMES = COLUMNS.map(([name]) => name);
const RECORD = COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ');

// One statement for many rows: a list of parameters for each of thousands of machines took the worker seconds.
const INSERT = `INSERT INTO vm (tenant_id, pool_tenant_id, pool_id, id, uuid, ${NAMES.join(', ')})
  SELECT r.tenant_id, $2, $3, r.id, r.uuid, ${NAMES.map((name) => `r.${name}`).join(', ')}
  FROM json_to_recordset($1::json) AS r (tenant_id uuid, id uuid, uuid uuid, ${RECORD})`;
// Machines of a pool move between organisations under the same lock, so that the two cannot wait for each other (migration 0017).
const LOCK = 'SELECT allotment_version FROM pool WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE';
const lockedSchema = z.array(z.object({ allotment_version: z.number().int() }));

const UPDATE = `UPDATE vm SET ${NAMES.map((name) => `${name} = r.${name}`).join(', ')}, seen_at = now()
  FROM json_to_recordset($1::json) AS r (id uuid, ${RECORD})
  WHERE vm.pool_tenant_id = $2 AND vm.pool_id = $3 AND vm.id = r.id`;

/**
 * Writes the changes in small transactions, rows that differ and no other, and keeps `stored` in step.
 * @param version of the rules that decided the holders of new machines; where others count by now, these begin with the owner
 * of the pool and wait for the judgement by those
 * @throws DbError
 */
export async function writeVms(
  db: Db,
  { tenantId, poolId }: PoolIds,
  stored: Map<string, StoredVm>,
  changes: readonly VmChange[],
  version: number,
): Promise<void> {
  for (let start = 0; start < changes.length; start += ROWS_PER_TRANSACTION) {
    const part = changes.slice(start, start + ROWS_PER_TRANSACTION);
    let created = part.flatMap((change) => (change.kind === 'create' ? [change.row] : []));
    const updated = part.flatMap((change) => (change.kind === 'update' ? [changedRow(stored, change)] : []));
    await inTenantTransaction(db.pool, tenantId, async (client) => {
      const [locked] = lockedSchema.parse((await client.query(LOCK, [tenantId, poolId])).rows);
      if (locked?.allotment_version !== version)
        created = created.map((row) => ({ ...row, holderTenantId: tenantId }));
      if (created.length > 0) {
        const rows = created.map((row) => ({ ...recordOf(row), tenant_id: row.holderTenantId }));
        await client.query(INSERT, [JSON.stringify(rows), tenantId, poolId]);
      }
      if (updated.length > 0)
        await client.query(UPDATE, [JSON.stringify(updated.map(recordOf)), tenantId, poolId]);
    });
    for (const row of created) stored.set(row.uuid, row);
    for (const row of updated) stored.set(row.uuid, row);
  }
}

function changedRow(
  stored: ReadonlyMap<string, StoredVm>,
  { uuid, columns }: Extract<VmChange, { kind: 'update' }>,
): StoredVm {
  const before = stored.get(uuid);
  if (before === undefined) throw new Error(`a change of a machine that is not stored: ${uuid}`);
  return { ...before, ...columns };
}

/** As JSON says it: a bigint as text, dates in ISO 8601. */
function recordOf(row: StoredVm) {
  return {
    id: row.id,
    uuid: row.uuid,
    name: row.name,
    description: row.description,
    tags: row.tags,
    folder: row.folder,
    power_state: row.powerState,
    operation: row.operation,
    is_control_domain: row.isControlDomain,
    screen_switched_off: row.screenSwitchedOff,
    resident_host_id: row.residentHostId,
    domid: row.domid,
    screen_console_ref: row.screenConsoleRef,
    text_console_ref: row.textConsoleRef,
    memory_bytes: row.memoryBytes === null ? null : String(row.memoryBytes),
    vcpus: row.vcpus,
    os_name: row.osName,
    addresses: row.addresses,
    started_at: row.startedAt,
    gone_at: row.goneAt,
  };
}
