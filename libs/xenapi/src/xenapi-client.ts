import { type ConnectPinned, connectPinned, type EgressPolicy } from '@porthole/egress';
import { jsonRpc, type RpcCodec } from './json-rpc.ts';
import { XenApiConnection, type XenTarget, type XenTimeouts } from './xenapi-connection.ts';
import { XenTransportError } from './xenapi-error.ts';

export interface XenApiDeps {
  readonly policy: EgressPolicy;
  readonly target: XenTarget;
  /** Stable and distinctive: the pool's rate limits and alerts are keyed on it (xenapi.md §2.3, §2.4). */
  readonly userAgent: string;
  readonly timeouts?: XenTimeouts;
  /** Another way to a pinned socket; only tests and gates give one. */
  readonly connect?: ConnectPinned;
}

export interface CallOptions {
  /** Longest wait for the answer, in milliseconds; {@link DEFAULT_CALL_TIMEOUT_MS} if left out. */
  readonly timeoutMs?: number;
  /** Largest answer, in bytes; {@link DEFAULT_MAX_BODY_BYTES} if left out. */
  readonly maxBodyBytes?: number;
  readonly signal?: AbortSignal;
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

interface Resting {
  readonly connection: XenApiConnection;
  readonly since: number;
}

/** Calls to one host over pinned TLS, on kept-alive connections of its own. Follows no redirect and knows no proxy. */
export class XenApiClient {
  readonly target: XenTarget;
  readonly #deps: XenApiDeps;
  readonly #codec: RpcCodec = jsonRpc;
  readonly #busy = new Set<XenApiConnection>();
  readonly #waiting: Array<() => void> = [];
  #resting: Resting[] = [];
  #open = 0;
  #nextId = 1;
  #closed = false;
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

  /**
   * One call. A call that changes nothing is repeated once if a resting connection turns out to be dead.
   * @param method as the data model spells it: `VM.get_record`
   * @throws XenApiError for a refusal, HostIsSlaveError from a member, XenTransportError, EgressError
   */
  async call(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
    const id = this.#nextId++;
    const input = {
      path: this.#codec.path,
      contentType: this.#codec.contentType,
      body: this.#codec.encode(method, params, id),
      timeoutMs: options.timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
      maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    await this.#takeTurn();
    try {
      const rested = this.#takeRested();
      const response = await this.#exchange(rested, input).catch((error: unknown) => {
        if (rested === null || !isRepeatable(method) || !isUntouched(error)) throw error;
        return this.#exchange(null, input);
      });
      return this.#codec.decode(response, method, id);
    } finally {
      this.#endTurn();
    }
  }

  /** Closes every connection; calls under way fail with xenapi/connection-lost, later ones with xenapi/closed. */
  close(): void {
    this.#closed = true;
    for (const { connection } of this.#resting.splice(0)) connection.close();
    for (const connection of this.#busy) connection.close();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #exchange(rested: XenApiConnection | null, input: Parameters<XenApiConnection['exchange']>[0]) {
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
    if (this.#closed) {
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

  #endTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#open -= 1;
    else next();
  }
}

/** Reading calls may be sent twice (xenapi.md §8: XO repeats only `get_*`). */
function isRepeatable(method: string): boolean {
  return method.includes('.get_') || method === 'event.from';
}

function isUntouched(error: unknown): boolean {
  return error instanceof XenTransportError && error.details.untouched === true;
}
