import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import type { ConsoleKind } from '@porthole/relay-contract';
import { RELAY_GONE_MS } from './hubs.ts';

/**
 * The relay a ticket should name: the one that holds the console's tunnel already, else the one with the fewest seats
 * among those that beat and do not drain.
 *
 * @throws AppError `ticket/no-relay` if none is up; DbError
 */
export async function chooseRelay(
  tx: Tx,
  console: { tenantId: string; vmId: string; kind: ConsoleKind },
  now: Date,
): Promise<string> {
  const alive = await tx.relay.findMany({
    where: { draining: false, beatAt: { gt: new Date(now.getTime() - RELAY_GONE_MS) } },
    orderBy: [{ seats: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  const hub = await tx.consoleHub.findFirst({
    where: { ...console, endedAt: null, leaseUntil: { gt: now } },
    select: { relayId: true },
  });
  const relay = alive.find((one) => one.id === hub?.relayId) ?? alive[0];
  if (relay === undefined)
    throw new AppError({
      code: 'ticket/no-relay',
      publicMessage:
        'Consoles aren’t available right now: nothing is there to carry them. Try again in a minute.',
    });
  return relay.id;
}
