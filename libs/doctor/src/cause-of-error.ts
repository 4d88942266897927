import type { Cause } from '@porthole/check-contract';
import { AppError, codeOf } from '@porthole/errors';
import { XenApiError } from '@porthole/xenapi';

/** What each code of the rooms on the way means here. What no row knows is a fault of ours. */
const CAUSE_OF_CODE: Readonly<Record<string, Cause>> = {
  'egress/name-not-found': 'dns-not-found',
  'egress/bad-address': 'dns-not-found',
  'egress/address-not-allowed': 'address-not-allowed',
  'egress/bad-policy': 'fault',
  'egress/refused': 'tcp-refused',
  'egress/unreachable': 'tcp-unreachable',
  'egress/tls-failed': 'tls-failed',
  'egress/tls-too-old': 'tls-too-old',
  'egress/certificate-changed': 'certificate-changed',

  'xenapi/not-http': 'not-http',
  'xenapi/not-xenapi': 'not-xenapi',
  'xenapi/too-old-for-json': 'not-xenapi',
  'xenapi/error-page': 'error-page',
  'xenapi/http-status': 'not-xenapi',
  'xenapi/timeout': 'pool-timeout',
  'xenapi/connection-lost': 'connection-lost',
  'xenapi/closed': 'connection-lost',
  'xenapi/bad-json': 'pool-unreadable',
  'xenapi/bad-xml': 'pool-unreadable',
  'xenapi/fault': 'pool-unreadable',
  'xenapi/body-too-large': 'pool-unreadable',
  'xenapi/unexpected-record': 'pool-unreadable',

  'xenapi/host-still-booting': 'still-booting',
  'xenapi/host-in-emergency-mode': 'emergency',
  'xenapi/not-supported-during-upgrade': 'upgrading',
  'xenapi/too-busy': 'too-busy',
  'xenapi/too-many-pending-tasks': 'too-busy',
  'xenapi/host-is-slave': 'member',
  'xenapi/session-authentication-failed': 'wrong-password',
  'xenapi/session-authorization-failed': 'no-role',
  'xenapi/rbac-permission-denied': 'no-role',
  'xenapi/permission-denied': 'no-role',
  'xenapi/auth-service-error': 'directory',
  'xenapi/auth-is-disabled': 'directory',
  'xenapi/auth-unknown-type': 'directory',
  'xenapi/session-invalid': 'session-ended',
  'xenapi/events-lost': 'events-lost',
  'xenapi/event-from-token-parse-failure': 'events-token',
  'xenapi/uuid-invalid': 'machine-gone',
  'xenapi/handle-invalid': 'machine-gone',

  'credential/missing': 'password-missing',
  'credential/bound-elsewhere': 'password-bound',
  'vault/wrong-key': 'password-bound',
  'vault/tampered': 'host-no-session',
  'vault/bad-binding': 'host-no-session',

  'xenapi/tunnel-unauthorised': 'session-gone',
  'xenapi/tunnel-forbidden': 'connect-forbidden',
  'xenapi/tunnel-not-found': 'connect-not-found',
  'xenapi/tunnel-busy': 'connect-busy',
  'xenapi/tunnel-state': 'connect-state',
  'xenapi/tunnel-garbage': 'connect-garbage',
  'xenapi/tunnel-head-too-large': 'connect-garbage',
  'xenapi/tunnel-timeout': 'connect-timeout',
  'xenapi/tunnel-lost': 'connect-lost',
  'xenapi/tunnel-bad-reference': 'no-console',
};

/** Answers to CONNECT that have no code of their own, by status (xenapi.md §4.3). */
const CAUSE_OF_STATUS: Readonly<Record<number, Cause>> = {
  301: 'connect-redirect',
  302: 'connect-redirect',
  307: 'connect-redirect',
  308: 'connect-redirect',
  408: 'connect-slow',
  431: 'connect-head',
};

/** The cause that a failed step names. */
export function causeOfError(error: unknown): Cause {
  const code = codeOf(error) ?? '';
  const details = detailsOf(error);
  if (code === 'egress/timeout') {
    if (details.step === 'name') return 'dns-timeout';
    return details.step === 'tls' ? 'tls-timeout' : 'tcp-timeout';
  }
  if (code === 'xenapi/tunnel-status') return CAUSE_OF_STATUS[Number(details.status)] ?? 'connect-status';
  const known = Object.hasOwn(CAUSE_OF_CODE, code) ? CAUSE_OF_CODE[code] : undefined;
  if (known !== undefined) return known;
  return error instanceof XenApiError ? 'pool-refused' : 'fault';
}

/** What goes with it for a person who manages the pool; masked by whoever stores it. */
export function detailOfError(error: unknown): string | null {
  const details = detailsOf(error);
  if (error instanceof XenApiError) return error.xenCode;
  if (codeOf(error) === 'egress/certificate-changed')
    return `seen ${String(details.seen)}, confirmed ${String(details.pinned)}`;
  if (details.status !== undefined) return `${String(details.status)} ${String(details.reason ?? '')}`;
  if (details.ip !== undefined)
    return `${String(details.ip)}, port ${String(details.port)}${details.reason === undefined ? '' : `, ${String(details.reason)}`}`;
  return codeOf(error);
}

function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof AppError ? error.details : {};
}
