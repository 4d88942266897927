import { setImmediate as turn } from 'node:timers/promises';
import {
  askAllRecords,
  isOpaqueRef,
  type OpaqueRef,
  type RecordReader,
  readAllRecords,
  recordSchemas,
  XenApiError,
  type XenCalls,
} from '@porthole/xenapi';
import { WorkerError } from '../worker-error.ts';
import { poolRefOf } from './map-host.ts';
import { PoolModel, type WatchedClass } from './pool-model.ts';

export interface ReadDeps {
  readonly signal: AbortSignal;
  /** Told of records that don't fit; a pool is not given up for one of them. */
  readonly onUnreadable: (cls: WatchedClass, ref: string, reason: string) => void;
}

/** One class: what to ask for, and what is done with the answer. */
interface ClassToRead {
  readonly cls: WatchedClass;
  readonly read: (answer: unknown) => void;
}

/**
 * The whole pool, class by class, so that one answer is never larger than one class (architecture §7). Who follows the events has
 * taken its place in them before: what changes while the classes are read comes again as an event (xenapi.md §5).
 * @throws XenApiError, XenTransportError, EgressError, WorkerError pool/no-coordinator
 */
export async function readInventory(session: XenCalls, deps: ReadDeps): Promise<PoolModel> {
  const model = new PoolModel();
  const [pool, ...others] = classesOf(model, deps);
  pool.read(await ask(session, pool.cls, deps.signal));
  if (poolRefOf(model) === undefined) throw new WorkerError('pool/no-coordinator');
  await readAhead(others, (cls) => ask(session, cls, deps.signal));
  model.indexOwners();
  return model;
}

/** In order; the pool makes the next class ready while one is read here. */
async function readAhead(
  classes: readonly ClassToRead[],
  askFor: (cls: WatchedClass) => Promise<unknown>,
): Promise<void> {
  let asked: Promise<unknown> | null = null;
  for (const [at, { cls, read }] of classes.entries()) {
    const answer = await (asked ?? askFor(cls));
    const next = classes[at + 1];
    if (next !== undefined) {
      asked = askFor(next.cls);
      // It is told where it is awaited; if reading fails before that, it is of no interest.
      asked.catch(() => undefined);
      // Reading holds the thread: the question has to be on its way before.
      await turn();
    }
    read(answer);
  }
}

/** Those that others refer to come first. */
function classesOf(model: PoolModel, deps: ReadDeps): [ClassToRead, ...ClassToRead[]] {
  const { tables } = model;
  const into = <T>(cls: WatchedClass, reader: RecordReader<T>, table: Map<OpaqueRef, T>): ClassToRead => ({
    cls,
    read: (answer) => {
      const records = readAllRecords(answer, cls, reader, (ref, reason) => {
        if (isOpaqueRef(ref)) model.markUnreadable(cls, ref);
        deps.onUnreadable(cls, ref, reason);
      });
      for (const [ref, record] of records) table.set(ref, record);
    },
  });
  return [
    into('pool', recordSchemas.pool, tables.pool),
    into('host', recordSchemas.host, tables.host),
    into('host_metrics', recordSchemas.host_metrics, tables.host_metrics),
    into('Certificate', recordSchemas.Certificate, tables.Certificate),
    into('console', recordSchemas.console, tables.console),
    into('VM_metrics', recordSchemas.VM_metrics, tables.VM_metrics),
    into('VM_guest_metrics', recordSchemas.VM_guest_metrics, tables.VM_guest_metrics),
    into('VM', recordSchemas.VM, tables.VM),
  ];
}

async function ask(session: XenCalls, cls: WatchedClass, signal: AbortSignal): Promise<unknown> {
  try {
    return await askAllRecords(session, cls, { signal });
  } catch (error) {
    // Hosts of before 2020 have no Certificate class; their members' pins are confirmed by a person.
    const isMissingClass =
      cls === 'Certificate' && error instanceof XenApiError && error.xenCode === 'MESSAGE_METHOD_UNKNOWN';
    if (!isMissingClass) throw error;
    return {};
  }
}
