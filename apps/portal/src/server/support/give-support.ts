import { recordSidesEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError } from '@porthole/errors';
import { canInTenant, type Facts, supportOf } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { MAX_OPEN, MAX_SUPPORT_REASON, SUPPORT_LENGTHS_MS } from './support-limits.ts';
import {
  assertState,
  canOf,
  findSupport,
  RIGHTS_OF,
  receiverOf,
  SUPPORT_CAN,
  type SupportRecord,
} from './support-row.ts';

type Deps = Pick<AllDeps, 'db'>;

export const lengthSchema = z.number().refine((ms) => SUPPORT_LENGTHS_MS.some((one) => one === ms));
const reason = lineSchema(1, MAX_SUPPORT_REASON);
const terms = { can: z.enum(SUPPORT_CAN), lengthMs: lengthSchema } as const;

export const offerSupportInput = z.strictObject({ ...inOrg, ...terms, reason });
export const approveSupportInput = z.strictObject({ ...inOrg, ...terms, grantId: z.uuid() });
export const refuseSupportInput = z.strictObject({ ...inOrg, grantId: z.uuid(), reason });
export const endSupportInput = z.strictObject({ ...inOrg, grantId: z.uuid() });

/**
 * Lets the provider's support in without having been asked: the first of its people who comes, from now on and for an hour at most.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; AppError `support/too-many`
 */
export async function offerSupport(
  { db }: Deps,
  actor: Actor,
  { can, lengthMs, reason: why }: z.infer<typeof offerSupportInput>,
): Promise<{ grantId: string }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { now } = await assertGives(tx, actor);
    assertConfirmed(actor, now);
    await assertFewOpen(tx, actor.tenantId, now);
    const endsAt = new Date(now.getTime() + lengthMs);
    const { id } = await tx.supportGrant.create({
      data: {
        tenantId: actor.tenantId,
        reason: why,
        rights: [...RIGHTS_OF[can]],
        lengthMs,
        createdAt: now,
        expiresAt: endsAt,
        givenAt: now,
        givenBy: actor.personId,
        givenName: actor.personName,
        endsAt,
      },
      select: { id: true },
    });
    await recordSupport(tx, actor, null, {
      action: 'support.given',
      ...doneBy(actor),
      data: { grantId: id, receiver: null, can, lengthMs, reason: why, endsAt: endsAt.toISOString() },
    });
    return { grantId: id };
  });
}

/**
 * Lets in who asked, as it was asked or with less.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; NotFoundError `support/not-found`;
 *   AppError `support/decided`, `support/more`
 */
export async function approveSupport(
  { db }: Deps,
  actor: Actor,
  { grantId, can, lengthMs }: z.infer<typeof approveSupportInput>,
): Promise<{ until: Date }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { now } = await assertGives(tx, actor);
    const record = await findSupport(tx, actor.tenantId, grantId);
    assertState(record, now, 'waiting');
    if (lengthMs > record.lengthMs || (can === 'type' && canOf(record.rights) === 'look'))
      throw new AppError({
        code: 'support/more',
        publicMessage: `${record.personName ?? 'Support'} asked for less than that.`,
      });
    assertConfirmed(actor, now);
    const endsAt = new Date(now.getTime() + lengthMs);
    await tx.supportGrant.updateMany({
      where: { tenantId: actor.tenantId, id: grantId },
      data: {
        rights: [...RIGHTS_OF[can]],
        lengthMs,
        givenAt: now,
        givenBy: actor.personId,
        givenName: actor.personName,
        endsAt,
      },
    });
    await recordSupport(tx, actor, record.providerId, {
      action: 'support.given',
      ...doneBy(actor),
      data: {
        grantId,
        receiver: receiverOf(record),
        can,
        lengthMs,
        reason: record.reason,
        endsAt: endsAt.toISOString(),
      },
    });
    return { until: endsAt };
  });
}

/**
 * Refuses who asked, with a reason that they read.
 *
 * @throws ForbiddenError `rbac/forbidden`; NotFoundError `support/not-found`; AppError `support/decided`
 */
export async function refuseSupport(
  { db }: Deps,
  actor: Actor,
  { grantId, reason: answer }: z.infer<typeof refuseSupportInput>,
): Promise<{ refused: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { now } = await assertGives(tx, actor);
    const record = await findSupport(tx, actor.tenantId, grantId);
    assertState(record, now, 'waiting');
    await markEnded(tx, actor, grantId, { at: now, answer });
    await recordSupport(tx, actor, record.providerId, {
      action: 'support.refused',
      ...doneBy(actor),
      data: { grantId, receiver: receiverOf(record), answer },
    });
    return { refused: true };
  });
}

/**
 * Ends what was given: whoever is inside is out within two seconds, their consoles close. Who runs the organisation may at any time,
 * and who is inside may leave.
 *
 * @throws ForbiddenError `rbac/forbidden`; NotFoundError `support/not-found`; AppError `support/decided`
 */
export async function endSupport(
  { db }: Deps,
  actor: Actor,
  { grantId }: z.infer<typeof endSupportInput>,
): Promise<{ ended: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const facts = await factsOf(tx, actor);
    const leaves = supportOf(facts)?.grantId === grantId;
    const decision = canInTenant(facts, 'support.manage');
    if (!leaves && (!decision.allowed || actor.tenantKind === 'provider'))
      throw new ForbiddenError(decision.allowed ? 'the-provider' : decision.reason, { grantId });
    const record = await findSupport(tx, actor.tenantId, grantId);
    assertState(record, facts.now, 'ready', 'inside');
    await endGiven(tx, actor, record, { at: facts.now, why: leaves ? 'left' : 'by-hand' });
    return { ended: true };
  });
}

/** Ends a grant that lives, in a transaction of the organisation's. */
export async function endGiven(
  tx: Tx,
  actor: Actor,
  record: SupportRecord,
  { at, why }: { at: Date; why: 'by-hand' | 'left' },
): Promise<void> {
  const { tenantId } = actor;
  const consoles =
    record.personId === null || record.enteredAt === null
      ? 0
      : await tx.consoleSeat.count({ where: { tenantId, personId: record.personId, closedAt: null } });
  await markEnded(tx, actor, record.id, { at, answer: null });
  await recordSupport(tx, actor, record.providerId, {
    action: 'support.ended',
    ...doneBy(actor),
    data: { grantId: record.id, receiver: receiverOf(record), why, consoles },
  });
}

export async function markEnded(
  tx: Tx,
  { tenantId, personId, personName }: Pick<Actor, 'tenantId' | 'personId' | 'personName'>,
  grantId: string,
  { at, answer }: { at: Date; answer: string | null },
): Promise<void> {
  await tx.supportGrant.updateMany({
    where: { tenantId, id: grantId, endedAt: null },
    data: { endedAt: at, endedBy: personId, endedName: personName, answer },
  });
}

type SupportEvent = Parameters<typeof recordSidesEvent>[3] & { action: `support.${string}` };
type Untargeted<E> = E extends { target?: unknown } ? Omit<E, 'target'> : never;

/** Into the organisation's log and the provider's. */
export function recordSupport(
  tx: Tx,
  { tenantId, tenantName }: Pick<Actor, 'tenantId' | 'tenantName'>,
  provider: string | null,
  event: Untargeted<SupportEvent>,
): Promise<void> {
  const target = { kind: 'organisation', id: tenantId, name: tenantName } as const;
  return recordSidesEvent(tx, tenantId, { provider }, { ...event, target });
}

/** Behind the organisation's authority lock, so that of two who answer at once one is told. */
async function assertGives(tx: Tx, actor: Actor): Promise<Facts> {
  await lockAuthority(tx, actor.tenantId);
  const facts = await assertInTenant(tx, actor, 'support.manage');
  // The provider has nobody above it who could come in, and must not become its own support.
  if (actor.tenantKind === 'provider') throw new ForbiddenError('the-provider');
  return facts;
}

/** @throws AppError `support/too-many` */
export async function assertFewOpen(tx: Tx, tenantId: string, now: Date): Promise<void> {
  const open = await tx.supportGrant.count({
    where: { tenantId, endedAt: null, enteredAt: null, expiresAt: { gt: now } },
  });
  if (open >= MAX_OPEN)
    throw new AppError({
      code: 'support/too-many',
      publicMessage: `${MAX_OPEN} requests and offers of support are open. End some before there are more.`,
    });
}
