import { ByteQueue } from './byte-queue.ts';

/** What a wire wants next: bytes of the peer, or to say something. */
export type Want =
  | { readonly kind: 'take'; readonly count: number }
  | { readonly kind: 'send'; readonly bytes: Uint8Array };

/** A conversation, written in the order of its specification (style.md "Protocol state"). */
export type Wire<T> = Generator<Want, T, Uint8Array>;

export type WireProgress<T> =
  | { readonly done: false }
  /** `rest`: bytes behind the end of this conversation; they belong to the next reader. */
  | { readonly done: true; readonly value: T; readonly rest: Uint8Array };

const NOTHING = new Uint8Array(0);

/** Waits for exactly `count` bytes of the peer. */
export function* take(count: number): Wire<Uint8Array> {
  return yield { kind: 'take', count };
}

/** Says something to the peer. */
export function* send(bytes: Uint8Array): Wire<void> {
  yield { kind: 'send', bytes };
}

/** Drives a wire over a stream that may be cut anywhere. Owns the buffer, knows no socket. */
export class WireRunner<T> {
  readonly #wire: Wire<T>;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #queue = new ByteQueue();
  #next: IteratorResult<Want, T>;

  /** Runs at once up to the first bytes that the wire needs. */
  constructor(wire: Wire<T>, write: (bytes: Uint8Array) => void) {
    this.#wire = wire;
    this.#write = write;
    this.#next = wire.next();
    this.#run();
  }

  /**
   * Gives the wire what came from the peer.
   * @throws whatever the wire throws; the runner is of no use after it
   */
  push(chunk: Uint8Array): WireProgress<T> {
    this.#queue.push(chunk);
    return this.#run();
  }

  #run(): WireProgress<T> {
    while (this.#next.done !== true) {
      const want = this.#next.value;
      if (want.kind === 'send') {
        this.#write(want.bytes);
        this.#next = this.#wire.next(NOTHING);
      } else if (this.#queue.length >= want.count) this.#next = this.#wire.next(this.#queue.take(want.count));
      else return { done: false };
    }
    return { done: true, value: this.#next.value, rest: this.#queue.take(this.#queue.length) };
  }
}
