import {
  bracketHost,
  type ConnectPinned,
  type EgressPolicy,
  type PinnedSocket,
  type TlsPin,
} from '@porthole/egress';
import { type HttpResponse, HttpResponseReader } from './rpc/http-response.ts';
import { XenTransportError } from './xenapi-error.ts';

/** A host that holds a pin. */
export interface XenTarget {
  readonly host: string;
  readonly port: number;
  readonly pin: TlsPin;
}

export interface XenTimeouts {
  /** TCP connect, in milliseconds. */
  readonly tcpMs?: number;
  /** TLS handshake, in milliseconds. */
  readonly tlsMs?: number;
}

export interface ExchangeInput {
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal;
}

/** Longest request head, in bytes: xapi answers 431 above it (xenapi.md §1.1). */
export const MAX_REQUEST_HEAD_BYTES = 1024;

interface Exchange {
  readonly reader: HttpResponseReader;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: unknown) => void;
}

/** One kept-alive connection to a host: one request at a time (xenapi.md §1.3). */
export class XenApiConnection {
  readonly #socket: PinnedSocket;
  readonly #target: XenTarget;
  readonly #userAgent: string;
  #usable = true;
  #current: Exchange | null = null;

  private constructor(socket: PinnedSocket, target: XenTarget, userAgent: string) {
    this.#socket = socket;
    this.#target = target;
    this.#userAgent = userAgent;
    socket.on('data', (chunk: Buffer) => this.#read((reader) => reader.push(chunk)));
    socket.on('end', () => this.#read((reader) => reader.end()));
    socket.on('close', () => this.#lost());
  }

  /** @throws EgressError as `connectPinned`; XenTransportError xenapi/aborted where `signal` ended the wait */
  static async open(
    deps: { connect: ConnectPinned; policy: EgressPolicy; userAgent: string; timeouts: XenTimeouts },
    target: XenTarget,
    signal?: AbortSignal,
  ): Promise<XenApiConnection> {
    const socket = await deps
      .connect(deps.policy, {
        ...target,
        timeouts: deps.timeouts,
        ...(signal === undefined ? {} : { signal }),
      })
      .catch((error: unknown) => {
        // Who gave up hears the same whether the line stood already or not.
        throw signal?.aborted === true ? new XenTransportError('xenapi/aborted') : error;
      });
    return new XenApiConnection(socket, target, deps.userAgent);
  }

  get usable(): boolean {
    return this.#usable;
  }

  /** True if the pinned certificate is outside of its time. */
  get certificateExpired(): boolean {
    return this.#socket.expired;
  }

  close(): void {
    this.#usable = false;
    this.#socket.destroy();
  }

  /**
   * One POST and its answer. Whatever goes wrong, the connection is closed: what comes later would answer nothing.
   * @throws XenTransportError; `details.untouched` is true if the peer hung up before a byte of an answer
   */
  async exchange(input: ExchangeInput): Promise<HttpResponse> {
    const { signal } = input;
    const fail = (code: 'xenapi/timeout' | 'xenapi/aborted') =>
      this.#current?.reject(new XenTransportError(code));
    const onAbort = () => fail('xenapi/aborted');
    const timer = setTimeout(() => fail('xenapi/timeout'), input.timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await new Promise<HttpResponse>((resolve, reject) => {
        this.#current = { reader: new HttpResponseReader(input.maxBodyBytes), resolve, reject };
        if (signal?.aborted === true) onAbort();
        else if (!this.#usable) this.#lost();
        else this.#write(input);
      });
      if (!response.keepAlive) this.close();
      return response;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#current = null;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #read(step: (reader: HttpResponseReader) => HttpResponse | null): void {
    const current = this.#current;
    // Between two answers nothing can be meant for us, an end included.
    if (current === null) {
      this.close();
      return;
    }
    try {
      const response = step(current.reader);
      if (response !== null) current.resolve(response);
    } catch (error) {
      current.reject(error);
    }
  }

  #lost(): void {
    this.#usable = false;
    const untouched = this.#current?.reader.started === false;
    this.#current?.reject(new XenTransportError('xenapi/connection-lost', { untouched }));
  }

  #write(input: ExchangeInput): void {
    const { host, port } = this.#target;
    const head = Buffer.from(
      [
        `POST ${input.path} HTTP/1.1`,
        `Host: ${bracketHost(host)}${port === 443 ? '' : `:${port}`}`,
        `User-Agent: ${this.#userAgent}`,
        `Content-Type: ${input.contentType}`,
        `Content-Length: ${input.body.length}`,
        'Connection: keep-alive',
        '',
        '',
      ].join('\r\n'),
    );
    if (head.length > MAX_REQUEST_HEAD_BYTES)
      throw new XenTransportError('xenapi/request-too-large', { head: true });
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(input.body);
    this.#socket.uncork();
  }
}
