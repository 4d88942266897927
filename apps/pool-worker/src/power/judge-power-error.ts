import { XenApiError } from '@porthole/xenapi';
import type { OperationEnd } from './operation-rows.ts';

const KEYS: ReadonlySet<string> = new Set([
  'state',
  'busy',
  'blocked',
  'tools',
  'deaf',
  'device',
  'room',
  'disk',
  'boot',
  'pool',
  'later',
]);
/** Where the host's own text says more than our words for its code. */
const TEXT_AT: Readonly<Record<string, number>> = {
  OPERATION_NOT_ALLOWED: 0,
  OPERATION_BLOCKED: 1,
  VM_NON_SUSPENDABLE: 1,
  BOOTLOADER_FAILED: 1,
};

/** What the pool's refusal means to who asked (design.md §7, the rows `power.*`). */
export function judgePowerError(error: XenApiError): OperationEnd {
  const key = error.topic.replace(/^(?:power|pool)\./, '');
  const failure = error.topic === 'pool.role' ? 'pool' : KEYS.has(key) ? key : 'refused';
  const at = TEXT_AT[error.xenCode];
  const text = at === undefined ? null : plain(error.params[at] ?? '');
  return { step: 'failed', failure, text };
}

/** Whether the same request may be taken a little later: nothing has come of it. */
export function isForLater(error: unknown): boolean {
  return error instanceof XenApiError && error.topic === 'power.later';
}

/** A text of the host's on one line, without what steers a terminal. */
function plain(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}
