import { POWER_FAILURES, type PowerFailure } from '@porthole/rbac';
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

/** Codes that have a sentence of their own among those of their row. */
const CAUSE_OF: Readonly<Record<string, PowerFailure>> = {
  VM_HALTED: 'state-changed',
  VM_REBOOTED: 'state-changed',
  VM_CRASHED: 'state-changed',
  OPERATION_NOT_ALLOWED: 'blocked-host',
  VM_IS_PROTECTED: 'blocked-kept',
  SR_FULL: 'disk-full',
  OUT_OF_SPACE: 'disk-full',
  VM_NO_SUSPEND_SR: 'disk-place',
  SUSPEND_IMAGE_NOT_ACCESSIBLE: 'disk-saved',
  LICENCE_RESTRICTION: 'pool-edition',
  LICENSE_EXPIRED: 'pool-edition',
  FEATURE_RESTRICTED: 'pool-edition',
  NOT_SUPPORTED_DURING_UPGRADE: 'pool-upgrade',
};

/**
 * What the pool's refusal means to who asked (design.md §7, the rows `power.*`).
 *
 * @param isOwners whether the pool's own organisation asked. Everybody else reads of a host's words only what an
 *   administrator wrote, in their pages and in their log (design.md §7, "Rules of the table")
 */
export function judgePowerError(error: XenApiError, isOwners: boolean): OperationEnd {
  const key = error.topic === 'pool.role' ? 'pool' : error.topic.replace(/^power\./, '');
  // A code that says nothing of use leaves the machine's own state to tell.
  const failure =
    CAUSE_OF[error.xenCode] ??
    POWER_FAILURES.find((known) => known === key && known !== 'unclear') ??
    'refused';
  const at = isOwners || error.xenCode === 'OPERATION_BLOCKED' ? TEXT_AT[error.xenCode] : undefined;
  const text = at === undefined ? null : cleanText(error.params[at] ?? '', MAX_FAILURE_TEXT);
  return { step: 'failed', failure, text };
}

/** Whether the same request may be taken a little later: nothing has come of it. */
export function isForLater(error: unknown): boolean {
  return error instanceof XenApiError && error.topic === 'power.later';
}
