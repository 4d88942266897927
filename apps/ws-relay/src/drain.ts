import type { Logger } from '@porthole/logger';
import type { CloseKind } from '@porthole/relay-contract';
import type { Clock } from './clock.ts';

export interface DrainTimes {
  /** Over how long the consoles are told, evenly, in milliseconds. */
  readonly spreadMs: number;
  /** When whatever is left ends, in milliseconds. */
  readonly hardStopMs: number;
}

/** What of a relay's consoles is needed to let go of them. */
export interface DrainedHubs {
  readonly all: readonly {
    readonly seats: readonly { readonly ended: Promise<unknown> }[];
    end(kind: CloseKind): void;
  }[];
  endAll(kind: CloseKind): void;
}

/**
 * Tells every console to move on, spread evenly so that their return does not come as one wave (security.md §12). By
 * console and not by seat: the relay that they come to takes in nobody of a console that is still open here. Resolves
 * when none is left; by then the caller has long stopped to admit new ones.
 */
export async function drain(
  { hubs, clock, log }: { hubs: DrainedHubs; clock: Clock; log: Logger },
  { spreadMs, hardStopMs }: DrainTimes,
): Promise<void> {
  const cancelHardStop = clock.after(hardStopMs, () => hubs.endAll('drain'));
  const occupied = hubs.all.filter((hub) => hub.seats.length > 0);
  const seats = occupied.flatMap((hub) => hub.seats);
  log.info({ hubs: occupied.length, seats: seats.length, spreadMs }, 'draining');
  // Where nobody is there is nobody to tell.
  for (const hub of hubs.all) if (hub.seats.length === 0) hub.end('drain');
  const cancels = occupied.map((hub, index) =>
    clock.after((index / occupied.length) * spreadMs, () => hub.end('drain')),
  );
  await Promise.all(seats.map((seat) => seat.ended));
  for (const cancel of [cancelHardStop, ...cancels]) cancel();
  log.info('drained');
}
