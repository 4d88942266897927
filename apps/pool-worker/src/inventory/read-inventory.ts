import {
  getAllRecords,
  isOpaqueRef,
  type OpaqueRef,
  type RecordReader,
  recordSchemas,
  XenApiError,
  type XenSession,
} from '@porthole/xenapi';
import { WorkerError } from '../worker-error.ts';
import { poolRefOf } from './map-host.ts';
import { PoolModel, type WatchedClass } from './pool-model.ts';

export interface ReadDeps {
  readonly signal: AbortSignal;
  /** Told of records that don't fit; a pool is not given up for one of them. */
  readonly onUnreadable: (cls: WatchedClass, ref: string, reason: string) => void;
}

/**
 * The whole pool, class by class, so that one answer is never larger than one class (architecture §7). Who follows the events has
 * taken its place in them before: what changes while the classes are read comes again as an event (xenapi.md §5).
 * @throws XenApiError, XenTransportError, EgressError, WorkerError pool/no-coordinator
 */
export async function readInventory(session: XenSession, deps: ReadDeps): Promise<PoolModel> {
  const model = new PoolModel();
  const pools = { cls: 'pool', schema: recordSchemas.pool, table: model.tables.pool } as const;
  await readClass(session, model, pools, deps);
  if (poolRefOf(model) === undefined) throw new WorkerError('pool/no-coordinator');
  // What others refer to comes first.
  const { tables } = model;
  await readClass(session, model, { cls: 'host', schema: recordSchemas.host, table: tables.host }, deps);
  const hostMetrics = { schema: recordSchemas.host_metrics, table: tables.host_metrics };
  await readClass(session, model, { cls: 'host_metrics', ...hostMetrics }, deps);
  const certificates = { schema: recordSchemas.Certificate, table: tables.Certificate };
  await readClass(session, model, { cls: 'Certificate', ...certificates }, deps);
  const consoles = { schema: recordSchemas.console, table: tables.console };
  await readClass(session, model, { cls: 'console', ...consoles }, deps);
  const vmMetrics = { schema: recordSchemas.VM_metrics, table: tables.VM_metrics };
  await readClass(session, model, { cls: 'VM_metrics', ...vmMetrics }, deps);
  const guestMetrics = { schema: recordSchemas.VM_guest_metrics, table: tables.VM_guest_metrics };
  await readClass(session, model, { cls: 'VM_guest_metrics', ...guestMetrics }, deps);
  await readClass(session, model, { cls: 'VM', schema: recordSchemas.VM, table: tables.VM }, deps);
  model.indexOwners();
  return model;
}

interface ClassToRead<T> {
  readonly cls: WatchedClass;
  readonly schema: RecordReader<T>;
  readonly table: Map<OpaqueRef, T>;
}

async function readClass<T>(
  session: XenSession,
  model: PoolModel,
  { cls, schema, table }: ClassToRead<T>,
  { signal, onUnreadable }: ReadDeps,
): Promise<void> {
  try {
    const records = await getAllRecords(session, cls, schema, {
      signal,
      onUnreadable: (ref, reason) => {
        if (isOpaqueRef(ref)) model.markUnreadable(cls, ref);
        onUnreadable(cls, ref, reason);
      },
    });
    for (const [ref, record] of records) table.set(ref, record);
  } catch (error) {
    // Hosts of before 2020 have no Certificate class; their members' pins are confirmed by a person.
    const isMissingClass =
      cls === 'Certificate' && error instanceof XenApiError && error.xenCode === 'MESSAGE_METHOD_UNKNOWN';
    if (!isMissingClass) throw error;
  }
}
