import { askAllRecords, readAllRecords } from '../get-all-records.ts';
import type { OpaqueRef } from '../opaque-ref.ts';
import type { RecordReader } from '../record-reader.ts';
import type { XenClass } from '../records.ts';
import type { XenCalls } from '../xen-session.ts';

/** All objects of one class, asked for and read. */
export async function getAllRecords<T>(
  session: XenCalls,
  cls: XenClass,
  reader: RecordReader<T>,
  onUnreadable?: (ref: string, reason: string) => void,
): Promise<Map<OpaqueRef, T>> {
  return readAllRecords(await askAllRecords(session, cls), cls, reader, onUnreadable);
}
