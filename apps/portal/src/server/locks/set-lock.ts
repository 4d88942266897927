import { recordEvent, recordSidesEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertHandles } from '../people/member.ts';
import { assertMayLift, assertMaySet } from './assert-may-lock.ts';
import { LOCK_SCOPES, lockFields, MAX_LOCK_REASON, targetOf } from './lock-row.ts';
import { type Closes, countCloses, findTarget, type LockTargetFound } from './lock-target.ts';

type Deps = Pick<AllDeps, 'db'>;

const wanted = { scope: z.enum(LOCK_SCOPES), id: z.uuid().nullable() } as const;
const reason = lineSchema(1, MAX_LOCK_REASON);

export const previewLockInput = z.strictObject({ ...inOrg, ...wanted });
export const setLockInput = z.strictObject({ ...inOrg, ...wanted, reason });
export const liftLockInput = z.strictObject({ ...inOrg, lockId: z.uuid(), reason });

/**
 * What a lock would close now, before it is set.
 *
 * @throws ForbiddenError `rbac/forbidden`; those of {@link findTarget}
 */
export async function previewLock(
  { db }: Deps,
  actor: Actor,
  input: z.infer<typeof previewLockInput>,
): Promise<Closes & { name: string }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertMaySet(tx, actor);
    const target = await findTarget(tx, actor, input);
    return { name: target.name, ...(await countCloses(tx, actor, target)) };
  });
}

/**
 * Locks a person, a team, a machine, a pool or the whole organisation: what is open under it closes within two seconds, and nothing
 * opens until it is lifted. Of two who press at once the first one's name and reason count, and both are obeyed.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; those of {@link findTarget}
 */
export async function setLock(
  { db }: Deps,
  actor: Actor,
  input: z.infer<typeof setLockInput>,
): Promise<{ lockId: string; already: boolean }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const facts = await assertMaySet(tx, actor);
    const target = await findTarget(tx, actor, input);
    assertConfirmed(actor, facts.now);
    const standing = await findStanding(tx, actor.tenantId, target, false);
    if (standing !== null) return { lockId: standing, already: true };
    const { consoles } = await countCloses(tx, actor, target);
    const lockId = await createLock(tx, actor, target, { reason: input.reason, byProvider: false });
    const isOfOthers = target.ownPool && actor.tenantKind === 'provider';
    const event = {
      action: 'lock.set' as const,
      ...doneBy(actor),
      target: { kind: target.scope, id: target.id, name: target.name },
      data: { lockId, scope: target.scope, byProvider: isOfOthers, reason: input.reason, consoles },
    };
    if (target.ownPool) await recordSidesEvent(tx, actor.tenantId, { poolId: target.id }, event);
    else await recordEvent(tx, actor.tenantId, event);
    return { lockId, already: false };
  });
}

/** The lock that is over it already; null where none is. */
export async function findStanding(
  tx: Tx,
  tenantId: string,
  { columns }: Pick<LockTargetFound, 'columns'>,
  byProvider: boolean,
): Promise<string | null> {
  const found = await tx.emergencyLock.findFirst({
    where: { tenantId, byProvider, liftedAt: null, ...NO_COLUMNS, ...columns },
    select: { id: true },
  });
  return found?.id ?? null;
}

const NO_COLUMNS = { personId: null, teamId: null, vmId: null, poolId: null } as const;

/** One row; the table holds one living lock over each thing. */
export async function createLock(
  tx: Tx,
  { personId, personName, tenantId }: Pick<Actor, 'personId' | 'personName' | 'tenantId'>,
  { columns, name }: Pick<LockTargetFound, 'columns' | 'name'>,
  given: { reason: string; byProvider: boolean },
): Promise<string> {
  const { id } = await tx.emergencyLock.create({
    data: {
      tenantId,
      ...NO_COLUMNS,
      ...columns,
      targetName: name,
      reason: given.reason,
      byProvider: given.byProvider,
      createdBy: personId,
      createdName: personName,
    },
    select: { id: true },
  });
  return id;
}

/**
 * Lifts a lock, with a reason. The provider's own over the organisation is the provider's to lift.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; NotFoundError `lock/not-found` for absent,
 *   foreign and lifted ones; AppError `lock/of-provider`
 */
export async function liftLock(
  { db }: Deps,
  actor: Actor,
  { lockId, reason: why }: z.infer<typeof liftLockInput>,
): Promise<{ lifted: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const facts = await assertMayLift(tx, actor);
    const lock = await tx.emergencyLock.findFirst({
      where: { tenantId: actor.tenantId, id: lockId, liftedAt: null },
      select: lockFields,
    });
    if (lock === null) throw new NotFoundError('lock', { lockId });
    if (lock.byProvider)
      throw new AppError({
        code: 'lock/of-provider',
        publicMessage: `The provider set this lock over ${actor.tenantName}, and the provider lifts it.`,
        details: { lockId },
      });
    await assertHandlesLocked(tx, actor, lock.personId);
    assertConfirmed(actor, facts.now);
    await endLock(tx, actor, lockId, { at: facts.now, reason: why });
    const { scope, id } = targetOf(lock, actor.tenantId);
    const name = scope === 'organisation' ? actor.tenantName : lock.targetName;
    const event = {
      action: 'lock.lifted' as const,
      ...doneBy(actor),
      target: { kind: scope, id, name },
      data: {
        lockId,
        scope,
        byProvider: scope === 'pool' && actor.tenantKind === 'provider',
        reason: why,
        since: lock.createdAt.toISOString(),
      },
    };
    if (scope === 'pool') await recordSidesEvent(tx, actor.tenantId, { poolId: id }, event);
    else await recordEvent(tx, actor.tenantId, event);
    return { lifted: true };
  });
}

/** An owner is freed by owners alone; who is no member any more, by whoever lifts locks. */
async function assertHandlesLocked(tx: Tx, actor: Actor, personId: string | null): Promise<void> {
  if (personId === null) return;
  const member = await tx.membership.findFirst({
    where: { tenantId: actor.tenantId, personId },
    select: { role: true },
  });
  if (member !== null) assertHandles(actor.role, member.role);
}

export async function endLock(
  tx: Tx,
  { tenantId, personId, personName }: Pick<Actor, 'tenantId' | 'personId' | 'personName'>,
  lockId: string,
  { at, reason: liftReason }: { at: Date; reason: string },
): Promise<void> {
  await tx.emergencyLock.updateMany({
    where: { tenantId, id: lockId, liftedAt: null },
    data: { liftedAt: at, liftedBy: personId, liftedName: personName, liftReason },
  });
}
