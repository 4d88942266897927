import { isOpaqueRef, type OpaqueRef } from './opaque-ref.ts';
import type { RecordReader } from './record-reader.ts';
import type { XenClass } from './records.ts';
import type { XenCalls } from './xen-session.ts';
import { type CallOptions, LARGE_MAX_BODY_BYTES } from './xenapi-client.ts';
import { XenTransportError } from './xenapi-error.ts';

/** Longest wait for all records of a class, in milliseconds: a large pool sends tens of MiB. */
export const GET_ALL_TIMEOUT_MS = 120_000;

/**
 * All objects of one class, each through its reader: {@link askAllRecords} and {@link readAllRecords}, for who has nothing else to
 * ask meanwhile.
 * @throws as those two
 */
export async function getAllRecords<T>(
  session: XenCalls,
  cls: XenClass,
  reader: RecordReader<T>,
  onUnreadable?: (ref: string, reason: string) => void,
): Promise<Map<OpaqueRef, T>> {
  return readAllRecords(await askAllRecords(session, cls), cls, reader, onUnreadable);
}

/**
 * All objects of one class, as the pool sends them: for {@link readAllRecords}.
 * @throws as `XenSession.call`
 */
export function askAllRecords(session: XenCalls, cls: XenClass, options: CallOptions = {}): Promise<unknown> {
  return session.call(`${cls}.get_all_records`, [], {
    timeoutMs: GET_ALL_TIMEOUT_MS,
    maxBodyBytes: LARGE_MAX_BODY_BYTES,
    ...options,
  });
}

/**
 * Each object of an answer through the reader of its class.
 * @param onUnreadable told of each record that does not fit its reader; without it such a record is an error
 * @throws XenTransportError xenapi/unexpected-record
 */
export function readAllRecords<T>(
  answer: unknown,
  cls: XenClass,
  reader: RecordReader<T>,
  onUnreadable?: (ref: string, reason: string) => void,
): Map<OpaqueRef, T> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new XenTransportError('xenapi/unexpected-record', { class: cls, reason: 'not-a-map' });
  }
  const records = new Map<OpaqueRef, T>();
  for (const [ref, value] of Object.entries(answer)) {
    const parsed = reader.safeParse(value);
    if (isOpaqueRef(ref) && parsed.success) {
      records.set(ref, parsed.data);
      continue;
    }
    const reason = parsed.success ? 'reference' : parsed.field || 'shape';
    if (onUnreadable === undefined)
      throw new XenTransportError('xenapi/unexpected-record', { class: cls, ref, reason });
    onUnreadable(ref, reason);
  }
  return records;
}
