import { POWER_FAILURES } from '@porthole/rbac';
import { XenApiError } from '@porthole/xenapi';
import { cleanText } from '../inventory/clean-text.ts';
import { MAX_FAILURE_TEXT, type OperationEnd } from './operation-rows.ts';

/** Where the host's own text says more than our words for its code. */
const TEXT_AT: Readonly<Record<string, number>> = {
  OPERATION_NOT_ALLOWED: 0,
  OPERATION_BLOCKED: 1,
  VM_NON_SUSPENDABLE: 1,
  BOOTLOADER_FAILED: 1,
};

/** What the pool's refusal means to who asked (design.md §7, the rows `power.*`). */
export function judgePowerError(error: XenApiError): OperationEnd {
  const key = error.topic === 'pool.role' ? 'pool' : error.topic.replace(/^power\./, '');
  // A code that says nothing of use leaves the machine's own state to tell.
  const failure = POWER_FAILURES.find((known) => known === key && known !== 'unclear') ?? 'refused';
  const at = TEXT_AT[error.xenCode];
  const text = at === undefined ? null : cleanText(error.params[at] ?? '', MAX_FAILURE_TEXT);
  return { step: 'failed', failure, text };
}

/** Whether the same request may be taken a little later: nothing has come of it. */
export function isForLater(error: unknown): boolean {
  return error instanceof XenApiError && error.topic === 'power.later';
}
