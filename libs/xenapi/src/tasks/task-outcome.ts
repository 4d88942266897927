import type { XenRecord } from '../records.ts';
import { readXmlValue } from '../rpc/read-xml.ts';
import { XenApiError } from '../xenapi-error.ts';

/** What came of a task. */
export type TaskOutcome =
  | { readonly kind: 'success'; readonly result: unknown }
  | { readonly kind: 'failure'; readonly error: XenApiError }
  | { readonly kind: 'cancelled' }
  /** The task vanished: finished and collected, or its host restarted. Look at the object instead (xenapi.md §6). */
  | { readonly kind: 'unknown' };

type TaskRecord = XenRecord<'task'>;

/** The outcome of a task, or null while it is under way; a status that nobody has heard of is under way. */
export function taskOutcome(record: TaskRecord): TaskOutcome | null {
  switch (record.status) {
    case 'success':
      return { kind: 'success', result: readTaskResult(record.result) };
    case 'failure': {
      const [code, ...params] = record.error_info;
      if (code === 'TASK_CANCELLED') return { kind: 'cancelled' };
      return { kind: 'failure', error: XenApiError.of(code ?? 'INTERNAL_ERROR', params, record.name_label) };
    }
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return null;
  }
}

/**
 * The result of a task: an XML-RPC fragment, even over JSON-RPC, or nothing for a call without a result (xenapi.md §6).
 * Anything else is given as the text that it is.
 */
export function readTaskResult(result: string): unknown {
  if (!result.trimStart().startsWith('<value')) return result;
  try {
    return readXmlValue(result.trim());
  } catch {
    // A result that cannot be read does not turn a success into a failure.
    return result;
  }
}
