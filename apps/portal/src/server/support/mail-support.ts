import { queueMail } from '@porthole/auth';
import type { Tx } from '@porthole/db';

/**
 * Tells who runs an organisation of its support by mail. The mail names who comes and the organisation, never the reason: that is on
 * the page that it links to.
 */
export async function mailSupport(
  tx: Tx,
  { tenantId, org, slug }: { tenantId: string; org: string; slug: string },
  { kind, name }: { kind: 'support-asked' | 'support-entered'; name: string },
): Promise<void> {
  const people = await tx.membership.findMany({
    where: { tenantId, role: { in: ['owner', 'admin'] }, person: { disabledAt: null } },
    select: { person: { select: { email: true } } },
    orderBy: { createdAt: 'asc' },
    take: MAX_READERS,
  });
  for (const { person } of people)
    await queueMail(tx, { kind, to: person.email, names: { name, org, slug } });
}

/** People who hear of it by mail. */
const MAX_READERS = 50;
