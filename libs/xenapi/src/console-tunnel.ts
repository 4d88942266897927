import {
  bracketHost,
  type ConnectPinned,
  connectPinned,
  type EgressPolicy,
  type PinnedSocket,
} from '@porthole/egress';
import { isOpaqueRef } from './opaque-ref.ts';
import { type ConnectAnswer, readConnectAnswer } from './read-connect-answer.ts';
import { tunnelErrorFor, XenTunnelError } from './tunnel-error.ts';
import type { TunnelReader } from './tunnel-reader.ts';
import { MAX_REQUEST_HEAD_BYTES, type XenTarget, type XenTimeouts } from './xenapi-connection.ts';

/** Longest wait for the answer to CONNECT, in milliseconds (security.md §4.6). */
export const CONNECT_TIMEOUT_MS = 10_000;
/** How much of an error page is kept for the log, in characters. */
const MAX_KEPT_TEXT = 512;

export interface ConsoleTunnelInput {
  /** The host that the VM is **resident on**: the master does not relay (xenapi.md §0.1). */
  readonly target: XenTarget;
  readonly sessionRef: string;
  readonly consoleRef: string;
  readonly timeouts?: XenTimeouts & {
    /** From CONNECT to the end of its answer, in milliseconds. */
    readonly connectMs?: number;
  };
  readonly signal?: AbortSignal;
  /** Reads the tunnel; without one the socket is read as any stream. */
  readonly reader?: TunnelReader;
}

export interface ConsoleTunnel {
  /** Paused, without a taker: what comes next is the console's. */
  readonly socket: PinnedSocket;
  /** Bytes of the console that came together with the answer; read them before the socket's. */
  readonly head: Uint8Array;
}

/**
 * Opens a console: pinned TLS, CONNECT, exactly 200 (xenapi.md §4, security.md §4.6). The session reference is written only
 * after the pin matched, as the one and only cookie. A 200 does not mean that a console is there: xapi writes it before
 * it connects (xenapi.md §0.3), so wait for the first bytes with a timer of your own.
 * @throws XenTunnelError by the answer, EgressError as `connectPinned`; no socket is left behind
 */
export async function openConsoleTunnel(
  deps: { readonly policy: EgressPolicy; readonly connect?: ConnectPinned },
  input: ConsoleTunnelInput,
): Promise<ConsoleTunnel> {
  const request = connectRequest(input);
  const { connect = connectPinned, policy } = deps;
  const { target, timeouts = {}, signal, reader } = input;
  const socket = await connect(policy, {
    ...target,
    timeouts,
    ...(signal === undefined ? {} : { signal }),
    ...(reader === undefined ? {} : { onread: reader.onread }),
  });
  try {
    socket.write(request);
    const timeoutMs = timeouts.connectMs ?? CONNECT_TIMEOUT_MS;
    const answer = await answerOf(socket, reader ?? null, timeoutMs, signal);
    if (answer.status === 200) return { socket, head: answer.rest };
    throw tunnelErrorFor(answer.status, peersWords(answer, input.sessionRef));
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The peer's own words, for the log alone: xapi's 500 tells nothing by its text (xenapi.md §10.10). */
function peersWords(answer: ConnectAnswer, sessionRef: string): Record<string, string> {
  const keep = (text: string) => text.slice(0, MAX_KEPT_TEXT).replaceAll(sessionRef, '[redacted]');
  return { reason: keep(answer.reason), text: keep(Buffer.from(answer.rest).toString('latin1')) };
}

function connectRequest({ target, sessionRef, consoleRef }: ConsoleTunnelInput): Buffer {
  if (!isOpaqueRef(sessionRef) || !isOpaqueRef(consoleRef))
    throw new XenTunnelError('xenapi/tunnel-bad-reference');
  const host = `${bracketHost(target.host)}${target.port === 443 ? '' : `:${target.port}`}`;
  const request = Buffer.from(
    // Exactly these lines, as the other clients send them; xapi finds only the first cookie (xenapi.md §4.1, §0.5).
    `CONNECT /console?ref=${consoleRef} HTTP/1.0\r\nHost: ${host}\r\nCookie: session_id=${sessionRef}\r\n\r\n`,
  );
  if (request.length >= MAX_REQUEST_HEAD_BYTES) throw new XenTunnelError('xenapi/tunnel-bad-reference');
  return request;
}

function answerOf(
  socket: PinnedSocket,
  reader: TunnelReader | null,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<ConnectAnswer> {
  const answers = readConnectAnswer();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new XenTunnelError('xenapi/tunnel-timeout'))),
      timeoutMs,
    );
    const onAbort = () => settle(() => reject(new XenTunnelError('xenapi/tunnel-aborted')));
    const onLost = () => settle(() => reject(new XenTunnelError('xenapi/tunnel-lost')));
    function onReadable(): void {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read())
        if (isAnswered(chunk)) break;
    }
    function isAnswered(chunk: Uint8Array): boolean {
      try {
        const answer = answers.push(chunk);
        if (answer !== null) settle(() => resolve(answer));
        return answer !== null;
      } catch (error) {
        settle(() => reject(error));
        return true;
      }
    }
    function settle(act: () => void): void {
      clearTimeout(timer);
      reader?.hand(null);
      signal?.removeEventListener('abort', onAbort);
      socket.off('readable', onReadable).off('end', onLost).off('close', onLost);
      act();
    }
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (reader === null) socket.on('readable', onReadable);
    // The answer is copied as it comes.
    else reader.hand({ take: isAnswered, isTaken: () => true });
    socket.on('end', onLost).on('close', onLost);
    if (socket.destroyed) onLost();
  });
}
