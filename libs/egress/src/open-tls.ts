import type { OnReadOpts } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { CheckedTarget } from './check-target.ts';
import { EgressError } from './egress-error.ts';

/** Longest TCP connect, in milliseconds (security.md §9). */
export const TCP_TIMEOUT_MS = 5_000;
/** Longest TLS handshake, in milliseconds (security.md §9). */
export const TLS_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_DELAY_MS = 60_000;

export interface DialTimeouts {
  readonly tcpMs?: number;
  readonly tlsMs?: number;
}

/** `tls.connect`, or a stand-in that counts in tests and gates. */
export type OpenSocket = (options: ConnectionOptions) => TLSSocket;

export interface TlsTrust {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

export interface OpenTlsInput {
  readonly target: CheckedTarget;
  readonly port: number;
  readonly trust: TlsTrust;
  /** A last look at the peer, in the moment the handshake ends and before any byte of its own is read. */
  readonly verdict?: (socket: TLSSocket, seen: PeerCertificate) => Error | undefined;
  readonly timeouts?: DialTimeouts;
  readonly onread?: OnReadOpts;
  readonly signal?: AbortSignal;
}

/** What the handshake ended with: the peer's certificate is known even where trust refused it. */
export type TlsOutcome =
  | { readonly ok: true; readonly socket: TLSSocket; readonly seen: PeerCertificate }
  | { readonly ok: false; readonly error: Error; readonly seen: PeerCertificate };

interface TcpOptions extends ConnectionOptions {
  readonly family: 4 | 6;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
  readonly onread?: OnReadOpts;
}

/**
 * One TCP connect and one TLS handshake to a checked literal; not one byte of ours beyond the handshake. A refusal by
 * `trust` is an outcome, every other failure a throw.
 * @throws EgressError egress/refused, egress/unreachable, egress/timeout, egress/tls-failed, egress/tls-too-old,
 *   egress/aborted
 */
export function openTls(open: OpenSocket, input: OpenTlsInput): Promise<TlsOutcome> {
  const { signal } = input;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new EgressError('egress/aborted'));
      return;
    }
    const where = { ip: input.target.ip, port: input.port };
    const socket = open(connectionOptions(input));
    let seen: PeerCertificate | null = null;
    let step: 'tcp' | 'tls' = 'tcp';
    let timer = setTimeout(onTimeout, input.timeouts?.tcpMs ?? TCP_TIMEOUT_MS);

    function onTimeout(): void {
      fail(new EgressError('egress/timeout', { details: { ...where, step } }));
    }
    function onAbort(): void {
      fail(new EgressError('egress/aborted', { details: { ...where, step } }));
    }
    function fail(error: EgressError): void {
      settle();
      reject(error);
      socket.destroy();
    }
    function settle(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('secureConnect', onSecure);
      socket.off('close', onClose);
      socket.off('error', onError);
      // From here on the socket has another owner, who may not have put up a handler yet.
      socket.on('error', () => socket.destroy());
    }
    function onSecure(): void {
      const certificate = seen ?? socket.getPeerCertificate();
      const error = input.verdict?.(socket, certificate);
      settle();
      if (error === undefined) {
        resolve({ ok: true, socket, seen: certificate });
        return;
      }
      socket.destroy();
      resolve({ ok: false, error, seen: certificate });
    }
    function onError(error: Error): void {
      settle();
      socket.destroy();
      if (seen === null) reject(translate(error, step, where));
      else resolve({ ok: false, error, seen });
    }
    function onClose(): void {
      onError(new Error('the peer closed the connection'));
    }

    socket.once('connect', () => {
      clearTimeout(timer);
      step = 'tls';
      timer = setTimeout(onTimeout, input.timeouts?.tlsMs ?? TLS_TIMEOUT_MS);
    });
    // Before Node's own listener, which destroys the socket if trust refuses: the certificate is not readable after it.
    socket.prependListener('secure', () => {
      seen = socket.getPeerCertificate();
    });
    socket.once('secureConnect', onSecure);
    socket.once('error', onError);
    socket.once('close', onClose);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export const openTlsSocket: OpenSocket = (options) => connect(options);

function connectionOptions(input: OpenTlsInput): TcpOptions {
  return {
    host: input.target.ip,
    port: input.port,
    family: input.target.family,
    servername: input.target.servername,
    ...input.trust,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    ...(input.onread === undefined ? {} : { onread: input.onread }),
  };
}

const TOO_OLD = new Set(['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION']);

function translate(
  error: NodeJS.ErrnoException,
  step: 'tcp' | 'tls',
  where: { ip: string; port: number },
): EgressError {
  const init = { details: { ...where, step, reason: error.code ?? error.message }, cause: error };
  if (step === 'tls')
    return new EgressError(TOO_OLD.has(error.code ?? '') ? 'egress/tls-too-old' : 'egress/tls-failed', init);
  if (error.code === 'ECONNREFUSED') return new EgressError('egress/refused', init);
  if (error.code === 'ETIMEDOUT') return new EgressError('egress/timeout', init);
  return new EgressError('egress/unreachable', init);
}
