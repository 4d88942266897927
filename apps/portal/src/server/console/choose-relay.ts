import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import type { ConsoleKind } from '@porthole/relay-contract';

/** A relay beats every few seconds; one that has not for this long is not sent anybody. */
export const FRESH_BEAT_MS = 15_000;

/**
 * The relay for a new seat: the one that holds the console's hub already, else the least busy one.
 *
 * @param now by the database's clock, which the beats are written with
 * @throws AppError `relay/none`
 */
export async function chooseRelay(
  tx: Tx,
  console: { tenantId: string; vmId: string; kind: ConsoleKind },
  now: Date,
): Promise<string> {
  const relays = await tx.relay.findMany({
    where: { draining: false, beatAt: { gt: new Date(now.getTime() - FRESH_BEAT_MS) } },
    select: { id: true },
    orderBy: [{ seats: 'asc' }, { id: 'asc' }],
  });
  const hub = await tx.consoleHub.findFirst({
    where: { ...console, endedAt: null, leaseUntil: { gt: now } },
    select: { relayId: true },
    orderBy: { startedAt: 'desc' },
  });
  const chosen = relays.find((relay) => relay.id === hub?.relayId) ?? relays[0];
  if (chosen === undefined)
    throw new AppError({
      code: 'relay/none',
      publicMessage: 'Consoles can’t open right now: nothing is there to carry them. Try again in a minute.',
    });
  return chosen.id;
}
