import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';

export const endTokenInput = z.strictObject({ ...inOrg, tokenId: z.uuid() });

/**
 * Ends a token at once, also while the organisation is suspended: one's own, or anybody's for who runs its people.
 *
 * @throws NotFoundError `token/not-found` for absent, foreign, unseen and ended ones; ForbiddenError `rbac/forbidden`
 */
export async function endToken(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { tokenId }: z.infer<typeof endTokenInput>,
): Promise<{ ended: true }> {
  const { tenantId, personId, personName } = actor;
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await factsOf(tx, actor);
    if (!facts.sessionAlive || facts.personDisabled) throw new ForbiddenError('session-ended');
    const handlesAll = canInTenant(facts, 'people.manage').allowed;
    const token = await tx.apiToken.findFirst({
      where: { tenantId, id: tokenId, ...(handlesAll ? {} : { personId }) },
      select: { id: true, name: true, endedAt: true, endsAt: true },
    });
    if (token === null || token.endedAt !== null || token.endsAt <= facts.now)
      throw new NotFoundError('token', { tokenId, why: token === null ? 'absent' : 'ended' });
    await tx.apiToken.updateMany({
      where: { tenantId, id: tokenId, endedAt: null },
      data: { endedAt: facts.now, endedWhy: 'by-hand', endedBy: personId, endedName: personName },
    });
    await recordTokenEnd(tx, actor, token, 'by-hand');
    return { ended: true };
  });
}

/** The tokens of a member that work. */
export function liveTokensOf(tx: Tx, { personId }: { personId: string }, tenantId: string, now: Date) {
  return tx.apiToken.findMany({
    where: { tenantId, personId, endedAt: null, endsAt: { gt: now } },
    select: { id: true, name: true },
    orderBy: { createdAt: 'asc' },
  });
}

export async function recordTokenEnd(
  tx: Tx,
  actor: Actor,
  { id, name }: { id: string; name: string },
  why: 'by-hand' | 'member-left',
): Promise<void> {
  await recordEvent(tx, actor.tenantId, {
    action: 'token.ended',
    ...doneBy(actor),
    target: { kind: 'token', id, name },
    data: { tokenId: id, name, why },
  });
}
