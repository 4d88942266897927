import { AppError } from '@porthole/errors';

/** Why a console tunnel did not come about, by what the host answered to CONNECT (xenapi.md §4.3). */
const WORDS = {
  'xenapi/tunnel-unauthorised': 'The session with the pool has ended.',
  'xenapi/tunnel-forbidden': 'The pool’s account may not open this console.',
  'xenapi/tunnel-not-found': 'The host no longer has this console.',
  'xenapi/tunnel-busy': 'Somebody else is on this console, and the pool allows one at a time.',
  'xenapi/tunnel-state':
    'The host has no console for this machine now: it may be off, paused, or on another host.',
  'xenapi/tunnel-status': 'The host answered in a way Porthole doesn’t know.',
  'xenapi/tunnel-garbage': 'What answers at this address isn’t a XenServer or XCP-ng host.',
  'xenapi/tunnel-timeout': 'The host didn’t answer in time.',
  'xenapi/tunnel-head-too-large': 'The host’s answer is larger than Porthole accepts.',
  'xenapi/tunnel-lost': 'The host hung up before it opened the console.',
  'xenapi/tunnel-aborted': 'The console was given up before it opened.',
  'xenapi/tunnel-bad-reference': 'The console’s reference isn’t one that a pool gives.',
} as const;

export type XenTunnelCode = keyof typeof WORDS;

export class XenTunnelError extends AppError {
  constructor(code: XenTunnelCode, details: Record<string, unknown> = {}, cause?: unknown) {
    super({ code, publicMessage: WORDS[code], details, cause });
  }
}

/** The error for a status other than 200. */
export function tunnelErrorFor(status: number, details: Record<string, unknown>): XenTunnelError {
  const codes: Record<number, XenTunnelCode> = {
    401: 'xenapi/tunnel-unauthorised',
    403: 'xenapi/tunnel-forbidden',
    404: 'xenapi/tunnel-not-found',
    500: 'xenapi/tunnel-state',
    503: 'xenapi/tunnel-busy',
  };
  return new XenTunnelError(codes[status] ?? 'xenapi/tunnel-status', { status, ...details });
}
