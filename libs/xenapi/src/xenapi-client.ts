import { type ConnectPinned, connectPinned, type EgressPolicy } from '@porthole/egress';
import { CodecChoice } from './rpc/choose-codec.ts';
import type { HttpResponse } from './rpc/http-response.ts';
import type { RpcCodec, RpcDialect } from './rpc/rpc-codec.ts';
import {
  type ExchangeInput,
  XenApiConnection,
  type XenTarget,
  type XenTimeouts,
} from './xenapi-connection.ts';
import { XenTransportError } from './xenapi-error.ts';

export interface XenApiDeps {
  readonly policy: EgressPolicy;
  readonly target: XenTarget;
  /** Stable and distinctive: the pool's rate limits and alerts are keyed on it (xenapi.md §2.3, §2.4). */
  readonly userAgent: string;
  readonly timeouts?: XenTimeouts;
  /** Another way to a pinned socket; only tests and gates give one. */
  readonly connect?: ConnectPinned;
  /** The one dialect to speak, whatever the host answers; only gates give one. */
  readonly codec?: RpcCodec;
}

export interface CallOptions {
  /** Longest wait for the answer, in milliseconds; {@link DEFAULT_CALL_TIMEOUT_MS} if left out. */
  readonly timeoutMs?: number;
  /** Largest answer, in bytes; {@link DEFAULT_MAX_BODY_BYTES} if left out. */
  readonly maxBodyBytes?: number;
  readonly signal?: AbortSignal;
  /**
   * `events` for a call that the host holds back, as `event.from`: it has a connection of its own beside the limit of
   * {@link MAX_CONNECTIONS}, since it would block the calls behind it (xenapi.md §10.17).
   */
  readonly lane?: 'calls' | 'events';
}

export const DEFAULT_CALL_TIMEOUT_MS = 60_000;
/** Architecture §7. */
export const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;
/** For `get_all_records` and `event.from` (architecture §7). */
export const LARGE_MAX_BODY_BYTES = 256 * 1024 * 1024;
/** Connections at once to one host; one more call waits. XO's own limit is 20 (xenapi.md §8). */
export const MAX_CONNECTIONS = 8;
/** A connection that rested longer is not used again, in milliseconds. */
export const MAX_REST_MS = 15_000;
const MAX_RESTING = 2;
/** So often a reading call is sent again when its connection is reset; nothing else is (xenapi.md §8). */
export const MAX_REPEATS = 2;

interface Resting {
  readonly connection: XenApiConnection;
  readonly since: number;
}

/** Calls to one host over pinned TLS, on kept-alive connections of its own. Follows no redirect and knows no proxy. */
export class XenApiClient {
  readonly target: XenTarget;
  readonly #deps: XenApiDeps;
  readonly #choice = new CodecChoice();
  readonly #busy = new Set<XenApiConnection>();
  readonly #waiting: Array<() => void> = [];
  #resting: Resting[] = [];
  #open = 0;
  #nextId = 1;
  #closed = false;
  #retired = false;
  #certificateExpired = false;

  constructor(deps: XenApiDeps) {
    if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,118}[\x21-\x7e])?$/.test(deps.userAgent)) {
      throw new TypeError('userAgent: 1 to 120 printable ASCII characters');
    }
    this.#deps = deps;
    this.target = deps.target;
  }

  /** True if the last connection's certificate equals its pin but is outside of its time (architecture §6). */
  get certificateExpired(): boolean {
    return this.#certificateExpired;
  }

  /** In which form the host answers; null before its first answer. */
  get dialect(): RpcDialect | null {
    return this.#choice.dialect;
  }

  /**
   * One call, in the newest dialect that the host understands. A call that changes nothing is repeated when its
   * connection is reset ({@link MAX_REPEATS}).
   * @param method as the data model spells it: `VM.get_record`
   * @throws XenApiError for a refusal, HostIsSlaveError from a member, XenTransportError, EgressError
   */
  async call(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
    const isEvents = options.lane === 'events';
    if (isEvents) this.#checkOpen();
    else await this.#takeTurn();
    try {
      return await this.#inADialect(method, params, options);
    } finally {
      if (!isEvents) this.#endTurn();
    }
  }

  /** Falls back from dialect to dialect; the first failure is the one to tell. */
  async #inADialect(method: string, params: readonly unknown[], options: CallOptions): Promise<unknown> {
    let first: unknown = null;
    const { codec: forced } = this.#deps;
    for (let codec: RpcCodec | null = forced ?? this.#choice.codec; codec !== null; ) {
      try {
        return await this.#callIn(codec, method, params, options);
      } catch (error) {
        if (!isTooOld(error)) first ??= error;
        if (forced !== undefined) throw error;
        codec = this.#choice.after(codec, error, isRepeatable(method) || isSignIn(method));
        if (codec === null) throw isDialectFailure(error) ? (first ?? error) : error;
      }
    }
    throw first;
  }

  async #callIn(
    codec: RpcCodec,
    method: string,
    params: readonly unknown[],
    options: CallOptions,
  ): Promise<unknown> {
    const id = this.#nextId++;
    const response = await this.#send(method, {
      path: codec.path,
      contentType: codec.contentType,
      body: codec.encode(method, params, id),
      timeoutMs: options.timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
      maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const answer = codec.decode(response, method, id);
    this.#choice.settle(answer.dialect);
    if (answer.ok) return answer.value;
    throw answer.error;
  }

  async #send(method: string, input: ExchangeInput): Promise<HttpResponse> {
    for (let repeats = 0; ; repeats += 1) {
      const rested = repeats === 0 ? this.#takeRested() : null;
      try {
        return await this.#exchange(rested, input);
      } catch (error) {
        const isRepeat = isRepeatable(method) && isReset(error) && repeats < MAX_REPEATS;
        if (!isRepeat || this.#closed || input.signal?.aborted === true) throw error;
      }
    }
  }

  /** Closes every connection; calls under way fail with xenapi/connection-lost, later ones with xenapi/closed. */
  close(): void {
    this.#closed = true;
    for (const { connection } of this.#resting.splice(0)) connection.close();
    for (const connection of this.#busy) connection.close();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Keeps no connection for later: what is under way ends by itself, and each connection with it. */
  retire(): void {
    this.#retired = true;
    for (const { connection } of this.#resting.splice(0)) connection.close();
  }

  async #exchange(rested: XenApiConnection | null, input: ExchangeInput): Promise<HttpResponse> {
    const connection = rested ?? (await this.#connect(input.signal));
    this.#busy.add(connection);
    try {
      return await connection.exchange(input);
    } finally {
      this.#busy.delete(connection);
      this.#rest(connection);
    }
  }

  async #connect(signal?: AbortSignal): Promise<XenApiConnection> {
    const { policy, userAgent, timeouts = {}, connect = connectPinned } = this.#deps;
    const connection = await XenApiConnection.open(
      { connect, policy, userAgent, timeouts },
      this.target,
      signal,
    );
    this.#certificateExpired = connection.certificateExpired;
    if (!this.#closed) return connection;
    connection.close();
    throw new XenTransportError('xenapi/closed');
  }

  #takeRested(): XenApiConnection | null {
    const cutoff = Date.now() - MAX_REST_MS;
    for (let resting = this.#resting.pop(); resting !== undefined; resting = this.#resting.pop()) {
      if (resting.connection.usable && resting.since > cutoff) return resting.connection;
      resting.connection.close();
    }
    return null;
  }

  #rest(connection: XenApiConnection): void {
    if (!connection.usable) return;
    if (this.#closed || this.#retired) {
      connection.close();
      return;
    }
    this.#resting.push({ connection, since: Date.now() });
    if (this.#resting.length > MAX_RESTING) this.#resting.shift()?.connection.close();
  }

  async #takeTurn(): Promise<void> {
    if (this.#open >= MAX_CONNECTIONS && !this.#closed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#open += 1;
    }
    if (!this.#closed) return;
    this.#endTurn();
    throw new XenTransportError('xenapi/closed');
  }

  #checkOpen(): void {
    if (this.#closed) throw new XenTransportError('xenapi/closed');
  }

  #endTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#open -= 1;
    else next();
  }
}

/** Reading calls may be sent twice (xenapi.md §8: XO repeats only `get_*`). */
export function isRepeatable(method: string): boolean {
  return method.includes('.get_') || method === 'event.from';
}

/** Sent twice it leaves a session more behind, which ages out. */
function isSignIn(method: string): boolean {
  return method === 'session.login_with_password';
}

function isReset(error: unknown): boolean {
  return error instanceof XenTransportError && error.code === 'xenapi/connection-lost';
}

function isTooOld(error: unknown): boolean {
  return error instanceof XenTransportError && error.code === 'xenapi/too-old-for-json';
}

/** In an older dialect the host may answer yet another error page; what it said first is what matters. */
function isDialectFailure(error: unknown): boolean {
  return (
    error instanceof XenTransportError &&
    ['xenapi/error-page', 'xenapi/not-xenapi', 'xenapi/http-status'].includes(error.code)
  );
}
