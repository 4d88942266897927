import type { Tx } from '@porthole/db';
import { GUEST_VISIT_MAX_MS } from '../guests/guest-limits.ts';

/**
 * Lets a visit in, under the lock of its organisation. Of a link for one visit the first that is inside is the one.
 *
 * @returns false where it may not: another visit was the one, or this one is over
 */
export async function enterVisit(
  tx: Tx,
  {
    tenantId,
    link,
    visitId,
    now,
  }: {
    tenantId: string;
    link: { id: string; oneVisit: boolean; endsAt: Date };
    visitId: string;
    now: Date;
  },
): Promise<boolean> {
  if (link.oneVisit) {
    const { count } = await tx.guestLink.updateMany({
      where: { tenantId, id: link.id, visitedAt: null },
      data: { visitedAt: now },
    });
    if (count === 0) return false;
  }
  const longest = new Date(now.getTime() + GUEST_VISIT_MAX_MS);
  const { count } = await tx.guestVisit.updateMany({
    where: {
      tenantId,
      id: visitId,
      provedAt: { not: null },
      enteredAt: null,
      refusedAt: null,
      leftAt: null,
      expiresAt: { gt: now },
    },
    data: { enteredAt: now, expiresAt: link.endsAt < longest ? link.endsAt : longest },
  });
  return count === 1;
}
