/** Undoes a timer; calling it twice or late does nothing. */
export type Cancel = () => void;

/** Time as the relay sees it: monotonic milliseconds and timers, so that tests move it instead of sleeping. */
export interface Clock {
  now(): number;
  after(ms: number, act: () => void): Cancel;
}

/** The clock of the process. Its timers hold no process open. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, act) {
    // A longer delay than a 32-bit integer would fire at once.
    const timer = setTimeout(act, Math.min(ms, MAX_TIMER_MS)).unref();
    return () => clearTimeout(timer);
  },
};

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls `act` every `ms` until cancelled. */
export function every(clock: Clock, ms: number, act: () => void): Cancel {
  let cancel = clock.after(ms, beat);
  function beat(): void {
    cancel = clock.after(ms, beat);
    act();
  }
  return () => cancel();
}

/** Waits for `work`, but no longer than `ms`. @returns whether it has settled; a failure of it is its caller's to hear */
export async function settlesWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let cancel: Cancel = () => undefined;
  const over = new Promise<boolean>((resolve) => {
    cancel = clock.after(ms, () => resolve(false));
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, over]);
  } finally {
    cancel();
  }
}
