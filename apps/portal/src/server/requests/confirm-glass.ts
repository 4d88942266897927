import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError } from '@porthole/errors';
import { can, canInTenant, isLocked, type VmFacts } from '@porthole/rbac';
import { z } from 'zod';
import { factsOfOther } from '../access/facts-of-other.ts';
import type { Actor } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { endRequest, eventOf, findAsker, grantRequest } from './end-request.ts';
import { findWatchers, mailRequest } from './find-readers.ts';
import { takeRequest, takeToAnswer } from './open-request.ts';
import { CONFIRMATIONS } from './request-limits.ts';
import type { RequestRecord } from './request-row.ts';

export const confirmGlassInput = z.strictObject({ ...inOrg, requestId: z.uuid() });
export const reviewGlassInput = z.strictObject({
  ...inOrg,
  requestId: z.uuid(),
  text: lineSchema(1, 1_000),
});

type Deps = Pick<AllDeps, 'db'>;

/**
 * Confirms an emergency, having proved just now to be oneself. With the second person who may still share the machine, who
 * asked is let in: the log marks it, and all who watch over the organisation hear of it.
 *
 * @returns how many people more it takes; 0: who asked is in
 * @throws ConfirmFirstError `auth/confirm-first`; those of {@link takeToAnswer}; AppError `asked/no-emergency`,
 *   `asked/confirmed`; NotFoundError `person/not-found` where who asked has left
 */
export async function confirmGlass(
  { db }: Deps,
  actor: Actor,
  { requestId }: z.infer<typeof confirmGlassInput>,
): Promise<{ missing: number }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { request, facts, vm } = await takeToAnswer(tx, actor, requestId);
    if (request.kind !== 'break-glass')
      throw new AppError({
        code: 'asked/no-emergency',
        publicMessage: 'This is no emergency: approve or refuse it.',
      });
    if (request.confirmations.some(({ personId }) => personId === actor.personId))
      throw new AppError({
        code: 'asked/confirmed',
        publicMessage: 'You confirmed this already. It takes another person.',
      });
    assertConfirmed(actor, facts.now);
    const asker = await findAsker(tx, actor.tenantId, request.personId);
    await tx.requestConfirmation.create({
      data: {
        tenantId: actor.tenantId,
        requestId,
        personId: actor.personId,
        personName: actor.personName,
        askerId: request.personId,
        at: facts.now,
      },
      select: { personId: true },
    });
    const before = await stillApproving(tx, actor, vm, request);
    const missing = Math.max(0, CONFIRMATIONS - 1 - before);
    await recordEvent(tx, actor.tenantId, {
      action: 'glass.confirmed',
      ...doneBy(actor),
      ...eventOf(request, { missing }),
    });
    if (missing > 0) return { missing };
    const endsAt = new Date(facts.now.getTime() + request.lengthMs);
    const given = { role: 'operator', endsAt } as const;
    await endRequest(tx, actor, request, { outcome: 'approved', at: facts.now, given });
    const grantId = await grantRequest(tx, actor, request, vm, given);
    const confirmedBy = [...request.confirmations, actor].map(({ personId, personName }) => ({
      id: personId,
      name: personName,
    }));
    await recordEvent(tx, actor.tenantId, {
      action: 'glass.broken',
      ...doneBy(actor),
      ...eventOf(request, {
        grantId,
        confirmedBy,
        reason: request.reason,
        lengthMs: request.lengthMs,
        endsAt: endsAt.toISOString(),
      }),
    });
    const readers = [...(await findWatchers(tx, actor.tenantId)), { personId: request.personId, ...asker }];
    await mailRequest(tx, actor, { kind: 'glass-broken', requestId, name: request.personName, readers });
    return { missing };
  });
}

/** Of those who confirmed before, how many might do so now: who lost their right meanwhile no longer counts. */
async function stillApproving(
  tx: Tx,
  actor: Actor,
  vm: VmFacts,
  { confirmations }: RequestRecord,
): Promise<number> {
  let count = 0;
  for (const { personId } of confirmations)
    if (can(await factsOfOther(tx, actor, personId), 'share', vm).allowed) count += 1;
  return count;
}

/**
 * Writes what became of an emergency; until somebody did, it stays on the page of all who watch over the organisation.
 *
 * @throws NotFoundError `access-request/not-found`; ForbiddenError `rbac/forbidden`; AppError `asked/no-review`,
 *   `asked/reviewed` with who was quicker
 */
export async function reviewGlass(
  { db }: Deps,
  actor: Actor,
  { requestId, text }: z.infer<typeof reviewGlassInput>,
): Promise<{ reviewed: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { request, facts } = await takeRequest(tx, actor, requestId);
    if (request.personId === actor.personId) throw new ForbiddenError('own-request', { requestId });
    const decision = canInTenant(facts, 'grants.list');
    if (!decision.allowed) throw new ForbiddenError(decision.reason, { requestId });
    if (isLocked(facts)) throw new ForbiddenError('locked', { requestId });
    if (request.kind !== 'break-glass' || request.outcome !== 'approved')
      throw new AppError({ code: 'asked/no-review', publicMessage: 'There is nothing to review here.' });
    const { count } = await tx.accessRequest.updateMany({
      where: { tenantId: actor.tenantId, id: requestId, reviewedAt: null },
      data: {
        review: text,
        reviewedAt: facts.now,
        reviewedBy: actor.personId,
        reviewedName: actor.personName,
      },
    });
    if (count === 0)
      throw new AppError({
        code: 'asked/reviewed',
        publicMessage: `${request.reviewedName ?? 'Another'} reviewed this already.`,
      });
    await recordEvent(tx, actor.tenantId, {
      action: 'glass.reviewed',
      ...doneBy(actor),
      ...eventOf(request, { review: text }),
    });
    return { reviewed: true };
  });
}
