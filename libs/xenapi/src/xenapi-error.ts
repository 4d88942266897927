import { AppError } from '@porthole/errors';
import { wordsFor } from './words.ts';

/** An answer of the pool that says no. The peer's own code and parameters are kept as they came (xenapi.md §7). */
export class XenApiError extends AppError {
  readonly xenCode: string;
  readonly params: readonly string[];

  constructor(xenCode: string, params: readonly string[], method: string) {
    // The parameter of SESSION_INVALID is the session reference: a bearer secret (xenapi.md §2.1).
    const kept = xenCode === 'SESSION_INVALID' ? [] : params;
    super({
      code: `xenapi/${kebab(xenCode)}`,
      publicMessage: wordsFor(xenCode, kept),
      details: { xenCode, params: kept, method },
    });
    this.xenCode = xenCode;
    this.params = kept;
  }
}

/**
 * The host asked is a member. Never followed here: it would send the password to whatever address a host names
 * (xenapi.md §10.28).
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
  'xenapi/http-status': 'The host answered with an error page.',
  'xenapi/bad-json': 'The host’s answer can’t be read.',
  'xenapi/body-too-large': 'The host’s answer is larger than Porthole accepts.',
  'xenapi/request-too-large': 'This request is larger than a host accepts.',
  'xenapi/timeout': 'The host didn’t answer in time.',
  'xenapi/connection-lost': 'The connection to the host was lost.',
  'xenapi/aborted': 'The request was given up.',
  'xenapi/closed': 'The connection to this pool was closed.',
  'xenapi/unexpected-record': 'The host describes something in a way that Porthole doesn’t understand.',
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
