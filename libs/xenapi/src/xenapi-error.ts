import { AppError } from '@porthole/errors';
import type { NamedParams, XenErrorTopic, XenRetry } from './errors/error-table.ts';
import {
  describeXenError,
  namedParams,
  type XenErrorCode,
  type XenErrorParams,
} from './errors/xen-errors.ts';

/** An answer of the pool that says no. The peer's own code and parameters are kept as they came (xenapi.md §7). */
export class XenApiError extends AppError {
  readonly xenCode: string;
  readonly params: readonly string[];
  /** Where it belongs on a page (design.md §7). */
  readonly topic: XenErrorTopic;
  /** Whether the same call may succeed, and after what. */
  readonly retry: XenRetry;

  constructor(xenCode: string, params: readonly string[], method: string) {
    // The parameter of SESSION_INVALID is the session reference: a bearer secret (xenapi.md §2.1).
    const kept = xenCode === 'SESSION_INVALID' ? [] : params;
    const { topic, retry, words } = describeXenError(xenCode, kept);
    super({
      code: `xenapi/${kebab(xenCode)}`,
      publicMessage: words,
      details: { xenCode, params: kept, method },
    });
    this.xenCode = xenCode;
    this.params = kept;
    this.topic = topic;
    this.retry = retry;
  }

  /** The error of a code; HOST_IS_SLAVE has a class of its own. */
  static of(xenCode: string, params: readonly string[], method: string): XenApiError {
    return xenCode === 'HOST_IS_SLAVE'
      ? new HostIsSlaveError(params, method)
      : new XenApiError(xenCode, params, method);
  }
}

/** True for the pool's answer with this code. */
export function isXenError(error: unknown, code: XenErrorCode): error is XenApiError {
  return error instanceof XenApiError && error.xenCode === code;
}

/**
 * The parameters of the pool's answer under their names, or null for any other error. Each may be missing; all are
 * the peer's texts.
 */
export function xenErrorParams<C extends XenErrorCode>(error: unknown, code: C): XenErrorParams<C> | null;
export function xenErrorParams(error: unknown, code: XenErrorCode): NamedParams | null {
  return isXenError(error, code) ? namedParams(code, error.params) : null;
}

/**
 * The host asked is a member. Never followed blindly: it would send the password to whatever address a host names
 * (xenapi.md §10.28). `XenPool` goes on only to members that it knows and whose certificates it has pinned.
 */
export class HostIsSlaveError extends XenApiError {
  /** A bare IP, IPv6 without brackets; null if the host named none. Hostile input. */
  readonly masterAddress: string | null;

  constructor(params: readonly string[], method: string) {
    super('HOST_IS_SLAVE', params, method);
    this.masterAddress = params[0] ?? null;
  }
}

/** What went wrong before there was an answer of the pool. */
const TRANSPORT_WORDS = {
  'xenapi/not-http': 'Something answers at this address, but it isn’t a web server.',
  'xenapi/not-xenapi': 'A web server answers at this address, but it isn’t a XenServer or XCP-ng host.',
  'xenapi/too-old-for-json': 'This host is too old: it speaks only XML-RPC.',
  'xenapi/error-page':
    'The host answered with an error page: it may be starting, or it doesn’t understand the request.',
  'xenapi/http-status': 'The host answered in a way Porthole doesn’t know.',
  'xenapi/bad-json': 'The host’s answer can’t be read.',
  'xenapi/bad-xml': 'The host’s answer can’t be read.',
  'xenapi/fault': 'The host can’t do this in the way it was asked.',
  'xenapi/bad-parameter': 'This text holds characters that the host can’t be told.',
  'xenapi/body-too-large': 'The host’s answer is larger than Porthole accepts.',
  'xenapi/request-too-large': 'This request is larger than a host accepts.',
  'xenapi/timeout': 'The host didn’t answer in time.',
  'xenapi/connection-lost': 'The connection to the host was lost.',
  'xenapi/aborted': 'The request was given up.',
  'xenapi/closed': 'The connection to this pool was closed.',
  'xenapi/unexpected-record': 'The host describes something in a way that Porthole doesn’t understand.',
  'xenapi/no-member': 'None of this pool’s known hosts can be asked.',
  'xenapi/another-pool': 'The host that answers now belongs to another pool.',
} as const;

export type XenTransportCode = keyof typeof TRANSPORT_WORDS;

export class XenTransportError extends AppError {
  constructor(code: XenTransportCode, details: Record<string, unknown> = {}, cause?: unknown) {
    super({ code, publicMessage: TRANSPORT_WORDS[code], details, cause });
  }
}

function kebab(xenCode: string): string {
  return xenCode
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64);
}
