import type { Logger } from '@porthole/logger';
import { Wake } from './wake.ts';

export interface Chore {
  /** Do it now, or right after the one under way. */
  now(): void;
  /** No more; waits for the one under way. */
  stop(): Promise<void>;
}

/** Does a chore again and again, `ms` after the end of the last one, beginning at once. A failure is told and tried again. */
export function every(
  { ms, log, what }: { ms: number; log: Logger; what: string },
  act: () => Promise<void>,
): Chore {
  const stop = new AbortController();
  const wake = new Wake();
  const running = loop();
  return {
    now: () => wake.now(),
    async stop() {
      stop.abort();
      await running;
    },
  };

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await act();
      } catch (err) {
        log.warn({ err, what }, 'a chore failed; it will be tried again');
      }
      await wake.after(ms, stop.signal);
    }
  }
}
