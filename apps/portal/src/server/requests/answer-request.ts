import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import { VM_ROLES } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { assertGivesOwnGift } from '../grants/give-grant.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { endRequest, eventOf, findAsker, grantRequest } from './end-request.ts';
import { mailRequest } from './find-readers.ts';
import { assertOpen, takeRequest, takeToAnswer } from './open-request.ts';
import { LENGTHS_MS } from './request-limits.ts';
import type { RequestRecord } from './request-row.ts';

export const approveRequestInput = z.strictObject({
  ...inOrg,
  requestId: z.uuid(),
  role: z.enum(VM_ROLES),
  lengthMs: z.number().refine((ms) => LENGTHS_MS.some((one) => one === ms)),
});
export const refuseRequestInput = z.strictObject({
  ...inOrg,
  requestId: z.uuid(),
  reason: lineSchema(1, 500),
});
export const withdrawRequestInput = z.strictObject({ ...inOrg, requestId: z.uuid() });

type Deps = Pick<AllDeps, 'db'>;

/**
 * Approves a request, as it was asked or with less: a smaller role, a shorter time. It becomes access that ends by itself.
 *
 * @throws those of {@link takeToAnswer}; AppError `asked/more`, `asked/two-needed`, `grant/more-than-own`,
 *   `grant/longer-than-own`; NotFoundError `person/not-found` where who asked has left
 */
export async function approveRequest(
  { db }: Deps,
  actor: Actor,
  { requestId, role, lengthMs }: z.infer<typeof approveRequestInput>,
): Promise<{ grantId: string }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { request, facts, vm } = await takeToAnswer(tx, actor, requestId);
    if (request.kind !== 'access')
      throw new AppError({
        code: 'asked/two-needed',
        publicMessage: 'An emergency isn’t approved by one person: two confirm it.',
      });
    if (VM_ROLES.indexOf(role) > VM_ROLES.indexOf(request.role) || lengthMs > request.lengthMs)
      throw new AppError({
        code: 'asked/more',
        publicMessage: `${request.personName} asked for less than that. Share the machine to give more.`,
      });
    const endsAt = new Date(facts.now.getTime() + lengthMs);
    assertGivesOwnGift(facts, vm, { role, rights: [] }, endsAt);
    const asker = await findAsker(tx, actor.tenantId, request.personId);
    const given = { role, endsAt };
    await endRequest(tx, actor, request, { outcome: 'approved', at: facts.now, given });
    const grantId = await grantRequest(tx, actor, request, vm, given);
    await recordEvent(tx, actor.tenantId, {
      action: 'request.approved',
      ...doneBy(actor),
      ...eventOf(request, { role, lengthMs, grantId, endsAt: endsAt.toISOString() }),
    });
    await tellAsker(tx, actor, request, asker);
    return { grantId };
  });
}

/**
 * Refuses a request, or an emergency, with a reason that who asked reads.
 *
 * @throws those of {@link takeToAnswer}
 */
export async function refuseRequest(
  { db }: Deps,
  actor: Actor,
  { requestId, reason }: z.infer<typeof refuseRequestInput>,
): Promise<{ refused: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { request, facts } = await takeToAnswer(tx, actor, requestId);
    await endRequest(tx, actor, request, { outcome: 'refused', at: facts.now, answer: reason });
    await recordEvent(tx, actor.tenantId, {
      action: 'request.refused',
      ...doneBy(actor),
      ...eventOf(request, { answer: reason }),
    });
    const asker = await tx.membership.findFirst({
      where: { tenantId: actor.tenantId, personId: request.personId, person: { disabledAt: null } },
      select: { person: { select: { email: true } } },
    });
    if (asker !== null) await tellAsker(tx, actor, request, asker.person);
    return { refused: true };
  });
}

/**
 * Takes one's own request back, as long as nobody answered it.
 *
 * @throws NotFoundError `access-request/not-found`, also for another's; AppError `asked/decided`, `asked/late`
 */
export async function withdrawRequest(
  { db }: Deps,
  actor: Actor,
  { requestId }: z.infer<typeof withdrawRequestInput>,
): Promise<{ withdrawn: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { request, facts } = await takeRequest(tx, actor, requestId);
    if (request.personId !== actor.personId) throw new NotFoundError('access-request', { requestId });
    assertOpen(request, facts);
    await endRequest(tx, actor, request, { outcome: 'withdrawn', at: facts.now });
    await recordEvent(tx, actor.tenantId, {
      action: 'request.withdrawn',
      ...doneBy(actor),
      ...eventOf(request, {}),
    });
    return { withdrawn: true };
  });
}

async function tellAsker(tx: Tx, actor: Actor, request: RequestRecord, { email }: { email: string }) {
  await mailRequest(tx, actor, {
    kind: 'request-answered',
    requestId: request.id,
    name: actor.personName,
    readers: [{ personId: request.personId, email }],
  });
}
