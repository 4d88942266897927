import type { Duplex } from 'node:stream';
import { LIMITS } from '@porthole/relay-contract';
import type { TunnelReader } from '@porthole/xenapi';

/** Bytes of one tunnel in one turn of the event loop before the others get theirs (performance.md rule 4). */
export const TURN_BUDGET_BYTES = 256 * 1024;

/** Why reading from the host stands still; it goes on when no reason is left. */
export type HoldReason = 'turn' | 'seat' | 'pace';

export interface UpstreamListener {
  /** The bytes stand there until `isTaken`; what is needed longer is copied. */
  bytes(chunk: Uint8Array): void;
  /** Whether nothing of what came and stands in this memory waits anywhere any more, so that it may be read into again. */
  isTaken(memory: ArrayBufferLike): boolean;
  /** The host took everything that waited for it. */
  drained(): void;
  /** The tunnel is over; said once, and never after `destroy`. */
  over(): void;
}

/** One tunnel to one console: reads within a budget, stands still for slow readers, counts what waits to be sent. */
export class Upstream {
  readonly #socket: Duplex;
  /** Handed on and let go with the start: it may stand in a memory many times its size. */
  #head: Uint8Array | null;
  readonly #reader: TunnelReader | null;
  readonly #holds = new Set<HoldReason>();
  #listener: UpstreamListener | null = null;
  #turnBytes = 0;

  /**
   * @param tunnel the socket behind CONNECT, paused, the bytes of the console that came with the answer, and who reads
   *   the socket; without one it is read as any stream
   */
  constructor(tunnel: {
    readonly socket: Duplex;
    readonly head: Uint8Array;
    readonly reader?: TunnelReader;
  }) {
    this.#socket = tunnel.socket;
    this.#head = tunnel.head;
    this.#reader = tunnel.reader ?? null;
  }

  /** True while more waits for the host than it should: whoever sends stops until `drained`. */
  get isFull(): boolean {
    return this.#socket.writableLength > LIMITS.queuedToHostBytes;
  }

  start(listener: UpstreamListener): void {
    this.#listener = listener;
    const over = () => this.#over();
    const take = (chunk: Uint8Array) => this.#receive(chunk);
    if (this.#reader === null) this.#socket.on('data', take);
    this.#socket
      .on('drain', () => this.#listener?.drained())
      .on('end', over)
      .on('close', over)
      .on('error', over);
    const head = this.#head;
    this.#head = null;
    if (head !== null && head.length > 0) take(head);
    this.#reader?.hand({ take, isTaken: (memory) => this.#listener?.isTaken(memory) ?? true });
    if (this.#socket.destroyed || this.#socket.readableEnded) this.#over();
    else if (this.#holds.size === 0) this.#socket.resume();
  }

  write(messages: readonly Uint8Array[]): void {
    if (this.#socket.destroyed || messages.length === 0) return;
    this.#socket.cork();
    for (const message of messages) this.#socket.write(message);
    this.#socket.uncork();
  }

  hold(reason: HoldReason): void {
    this.#holds.add(reason);
    this.#socket.pause();
  }

  release(reason: HoldReason): void {
    if (this.#holds.delete(reason) && this.#holds.size === 0 && !this.#socket.destroyed)
      this.#socket.resume();
  }

  /** Cuts the tunnel at once: a half-open one would keep the one place of a single-viewer pool (xenapi.md §4.4). */
  destroy(): void {
    this.#listener = null;
    this.#socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#turnBytes === 0) setImmediate(() => this.#endTurn());
    this.#turnBytes += chunk.length;
    if (this.#turnBytes >= TURN_BUDGET_BYTES) this.hold('turn');
    this.#listener?.bytes(chunk);
  }

  #endTurn(): void {
    this.#turnBytes = 0;
    this.release('turn');
  }

  #over(): void {
    const listener = this.#listener;
    this.destroy();
    listener?.over();
  }
}
