import type { TLSSocket } from 'node:tls';
import { MAX_HEAD_BYTES } from './http-head.ts';

/** xenapi.md §1.1: the time for one read and for the whole of the first request head, in milliseconds. */
export const READ_TIMEOUT_MS = 10_000;
export const HEAD_TIMEOUT_MS = 60_000;

const END_OF_HEAD = '\r\n\r\n';
/** What a client may send ahead while its call is answered, before the socket is left unread. */
const MAX_AHEAD_BYTES = 64 * 1024;

/** Why a request could not be read. */
export class RequestFailure extends Error {
  override name = 'RequestFailure';

  constructor(readonly reason: 'closed' | 'too-long' | 'too-slow') {
    super(reason);
  }
}

/**
 * Requests of one connection, one after the other. Bytes behind a head are never taken for anything else
 * (xenapi.md §4.2): `detach` puts them back into the socket.
 */
export class RequestStream {
  private pending: Buffer = Buffer.alloc(0);
  private wanted = 0;
  private wake: (() => void) | null = null;
  private readonly closing = new AbortController();

  constructor(
    private readonly socket: TLSSocket,
    private readonly readTimeoutMs = READ_TIMEOUT_MS,
  ) {
    socket.on('data', this.receive);
    socket.once('end', this.close);
    socket.once('close', this.close);
  }

  /** Aborts when the client hangs up. */
  get signal(): AbortSignal {
    return this.closing.signal;
  }

  /**
   * The next request head without its empty line.
   * @param isFirst time limits hold for the first head of a connection only (xenapi.md §1.1)
   * @throws RequestFailure
   */
  async head(isFirst: boolean): Promise<string> {
    const deadline = Date.now() + HEAD_TIMEOUT_MS;
    for (;;) {
      const end = this.pending.indexOf(END_OF_HEAD);
      const length = end < 0 ? this.pending.length : end + END_OF_HEAD.length;
      if (length > MAX_HEAD_BYTES) throw new RequestFailure('too-long');
      if (end >= 0) return this.take(length).subarray(0, end).toString('latin1');
      await this.more(isFirst ? Math.min(this.readTimeoutMs, deadline - Date.now()) : null);
    }
  }

  /** @throws RequestFailure when the client hangs up first */
  async body(length: number): Promise<Buffer> {
    this.wanted = length;
    this.socket.resume();
    while (this.pending.length < length) await this.more(null);
    this.wanted = 0;
    return this.take(length);
  }

  /** Gives the socket away, with all bytes that were read too far put back. */
  detach(): TLSSocket {
    this.socket.off('data', this.receive);
    this.socket.off('end', this.close);
    this.socket.off('close', this.close);
    this.socket.pause();
    if (this.pending.length > 0) this.socket.unshift(this.pending);
    this.pending = Buffer.alloc(0);
    return this.socket;
  }

  private readonly receive = (bytes: Buffer): void => {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    if (this.pending.length > Math.max(MAX_AHEAD_BYTES, this.wanted)) this.socket.pause();
    this.wake?.();
  };

  private readonly close = (): void => {
    this.closing.abort();
    this.wake?.();
  };

  private take(length: number): Buffer {
    const bytes = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(length);
    this.socket.resume();
    return bytes;
  }

  private more(timeoutMs: number | null): Promise<void> {
    if (this.closing.signal.aborted) throw new RequestFailure('closed');
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === null
          ? null
          : setTimeout(() => finish(new RequestFailure('too-slow')), Math.max(0, timeoutMs));
      const finish = (failure: RequestFailure | null) => {
        if (timer) clearTimeout(timer);
        this.wake = null;
        if (failure) reject(failure);
        else resolve();
      };
      this.wake = () => finish(this.closing.signal.aborted ? new RequestFailure('closed') : null);
    });
  }
}
