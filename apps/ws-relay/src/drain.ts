import type { Logger } from '@porthole/logger';
import type { Clock } from './clock.ts';
import type { Hubs } from './hub/hubs.ts';

export interface DrainTimes {
  /** Over how long the consoles are told, evenly, in milliseconds. */
  readonly spreadMs: number;
  /** When whatever is left ends, in milliseconds. */
  readonly hardStopMs: number;
}

/**
 * Tells every console to move on, spread evenly so that their return does not come as one wave (security.md §12).
 * Resolves when none is left; by then the caller has long stopped to admit new ones.
 */
export async function drain(
  { hubs, clock, log }: { hubs: Hubs; clock: Clock; log: Logger },
  { spreadMs, hardStopMs }: DrainTimes,
): Promise<void> {
  const seats = hubs.seats;
  log.info({ seats: seats.length, spreadMs }, 'draining');
  for (const [index, seat] of seats.entries())
    clock.after((index / seats.length) * spreadMs, () => seat.end('drain'));
  const all = Promise.all(seats.map((seat) => seat.ended));
  const cancel = clock.after(hardStopMs, () => hubs.endAll('drain'));
  await all;
  cancel();
  log.info('drained');
}
