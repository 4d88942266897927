import { codeOf } from '@porthole/errors';

/** Why there was no answer of a pool, apart from each other (xenapi.md §7, last line). */
export type TransportFailure =
  | 'name-not-found'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'certificate-changed'
  | 'not-http'
  | 'not-xenapi'
  | 'error-page'
  | 'connection-lost'
  | 'unreadable'
  | 'not-allowed';

const FAILURES: Readonly<Record<string, TransportFailure>> = {
  'egress/name-not-found': 'name-not-found',
  'egress/refused': 'refused',
  'egress/unreachable': 'unreachable',
  'egress/timeout': 'timeout',
  'egress/tls-failed': 'tls',
  'egress/tls-too-old': 'tls',
  'egress/certificate-changed': 'certificate-changed',
  'egress/address-not-allowed': 'not-allowed',
  'egress/bad-address': 'not-allowed',
  'xenapi/timeout': 'timeout',
  'xenapi/not-http': 'not-http',
  'xenapi/not-xenapi': 'not-xenapi',
  'xenapi/error-page': 'error-page',
  'xenapi/http-status': 'error-page',
  'xenapi/connection-lost': 'connection-lost',
  'xenapi/bad-json': 'unreadable',
  'xenapi/bad-xml': 'unreadable',
  'xenapi/fault': 'unreadable',
  'xenapi/body-too-large': 'unreadable',
  'xenapi/unexpected-record': 'unreadable',
};

/** Which of them an error is; null for an answer of the pool, and for what is no matter of the host. */
export function transportFailureOf(error: unknown): TransportFailure | null {
  const code = codeOf(error) ?? '';
  return Object.hasOwn(FAILURES, code) ? (FAILURES[code] ?? null) : null;
}
