/** First wait after a failure, in milliseconds. */
export const FIRST_WAIT_MS = 2_000;
/** Longest wait, in milliseconds. */
export const LONGEST_WAIT_MS = 120_000;

export interface BackOff {
  /** How long to wait before the next try, in milliseconds. */
  next(): number;
  /** It worked: the next failure starts small again. */
  reset(): void;
}

/**
 * Doubling waits with jitter over their upper half, so that many pools behind one failed switch don't come back in step and
 * none comes back at once.
 * @param random between 0 and 1
 */
export function createBackOff({
  random = Math.random,
  firstMs = FIRST_WAIT_MS,
  longestMs = LONGEST_WAIT_MS,
}: {
  random?: () => number;
  firstMs?: number;
  longestMs?: number;
} = {}): BackOff {
  let failures = 0;
  return {
    next() {
      const ceiling = Math.min(longestMs, firstMs * 2 ** failures);
      failures = Math.min(failures + 1, 30);
      return Math.round(ceiling / 2 + (random() * ceiling) / 2);
    },
    reset() {
      failures = 0;
    },
  };
}
