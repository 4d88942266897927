/**
 * Walks the body of one rectangle. A plain class, not a coroutine: bodies are where the bytes are, and a generator was ten
 * to twenty times slower (style.md "Protocol state").
 */
export interface BodyWalker {
  /** True when the body is over; an empty one is over at once. */
  readonly done: boolean;
  /**
   * Goes on from `position` as far as `bytes` reach.
   * @returns where it stopped: at the end of the body, or at the end of `bytes`
   */
  walk(bytes: Uint8Array, position: number): number;
}
