import { isIP } from 'node:net';
import { EgressError } from '@porthole/egress';
import { codeOf } from '@porthole/errors';
import { HostIsSlaveError, XenApiError } from '@porthole/xenapi';
import { PinMismatchError } from './worker-error.ts';

/** What a failure means for the pool's state. */
export interface Verdict {
  readonly state: 'unreachable' | 'untrusted' | 'refused';
  /** A code of ours, never a host's words. */
  readonly reason: string;
  /** `back-off`: try again by itself. `change`: only after somebody changed the pool or asked for it. */
  readonly retry: 'back-off' | 'change';
  /** Where the pool says its coordinator is: an IP literal (xenapi.md §2.1), checked to be one. */
  readonly detail?: string;
  /** The two fingerprints, where the certificate was the reason. */
  readonly mismatch?: { readonly pinned: string; readonly seen: string };
}

/** Answers to a sign-in that will not differ until somebody changes the account; each try raises an alert (xenapi.md §2.3). */
const REFUSALS = new Set([
  'SESSION_AUTHENTICATION_FAILED',
  'SESSION_AUTHORIZATION_FAILED',
  'RBAC_PERMISSION_DENIED',
  'PERMISSION_DENIED',
]);
const CREDENTIAL_CODES = new Set(['credential/missing', 'credential/bound-elsewhere', 'vault/wrong-key']);

/**
 * Sorts a failure of a pool: null for one that is not the pool's (our database is away), so that its state is left alone.
 */
export function judgeFailure(error: unknown): Verdict | null {
  const code = codeOf(error) ?? 'worker/unexpected';
  if (code.startsWith('db/')) return null;
  if (error instanceof PinMismatchError) {
    const { pinned, seen } = error;
    return { state: 'untrusted', reason: code, retry: 'back-off', mismatch: { pinned, seen } };
  }
  if (error instanceof EgressError && code === 'egress/certificate-changed') {
    // Seen on a live connection; the same thing to a person as one seen before the sign-in.
    const mismatch = { pinned: String(error.details.pinned), seen: String(error.details.seen) };
    return { state: 'untrusted', reason: 'pool/certificate-changed', retry: 'back-off', mismatch };
  }
  if (CREDENTIAL_CODES.has(code)) return { state: 'refused', reason: code, retry: 'change' };
  if (error instanceof XenApiError && REFUSALS.has(error.xenCode)) {
    return { state: 'refused', reason: code, retry: 'change' };
  }
  // Said before any account is looked at; after a fail-over the host may be coordinator again (xenapi.md §2.1).
  if (!(error instanceof HostIsSlaveError)) return { state: 'unreachable', reason: code, retry: 'back-off' };
  const coordinator = error.masterAddress ?? '';
  const detail = isIP(coordinator) === 0 ? {} : { detail: coordinator };
  return { state: 'refused', reason: code, retry: 'back-off', ...detail };
}

/** The session was destroyed at the pool: evicted, expired, or the toolstack restarted (xenapi.md §2.2). */
export function isSessionGone(error: unknown): boolean {
  return error instanceof XenApiError && error.xenCode === 'SESSION_INVALID';
}
