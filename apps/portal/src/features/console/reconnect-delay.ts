/** First bound of the wait before a new try, doubled with each further one. */
export const FIRST_DELAY_MS = 500;
/** No wait is longer. */
export const LONGEST_DELAY_MS = 15_000;
/** After this long without a console the page stops trying and gives a button (design §6). */
export const GIVE_UP_AFTER_MS = 120_000;
/** A console that stood this long was a success: the next loss starts counting anew. */
export const STEADY_AFTER_MS = 10_000;

/**
 * Full jitter: `random(0, min(15 s, 0.5 s · 2^attempt))`, so that a thousand pages don't come back at once.
 *
 * @param attempt 0 for the first try
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function reconnectDelay(attempt: number, random: number): number {
  return random * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}
