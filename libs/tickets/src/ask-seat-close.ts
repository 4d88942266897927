import { type Tx, translating } from '@porthole/db';

/** Longest reason that may be given for the end of somebody's console, in characters. */
export const MAX_CLOSE_REASON = 200;

export interface CloseAsking {
  tenantId: string;
  seatId: string;
  /** Who asks; the person at the console reads the name. */
  personId: string;
  personName: string;
  /** At most {@link MAX_CLOSE_REASON} characters. */
  reason: string;
  at: Date;
}

/**
 * Asks the relay that holds a seat to end it, which it does with its next look, within a second. The caller has judged
 * whether the person may, and the organisation is in context: no other's seat is found.
 *
 * @returns false where there is no such live seat, or its end was asked for already
 * @throws DbError
 */
export async function askSeatClose(
  tx: Pick<Tx, 'consoleSeat' | '$queryRaw'>,
  { tenantId, seatId, personId, personName, reason, at }: CloseAsking,
): Promise<boolean> {
  return translating(async () => {
    const { count } = await tx.consoleSeat.updateMany({
      where: { tenantId, id: seatId, closedAt: null, closeAskedAt: null },
      data: {
        closeAskedAt: at,
        closeAskedBy: personId,
        closeAskedName: personName,
        closeAskedReason: reason,
      },
    });
    // A hint: the relay looks now instead of within the second, and would look without it.
    if (count > 0) await tx.$queryRaw`SELECT pg_notify('authority', ${tenantId})::text`;
    return count > 0;
  });
}
