import { recordSidesEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { type Tx, translating } from '@porthole/db';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertProvider, loadCustomer } from '../organisations/provider-organisations.ts';
import { customerLocksSchema, type LockRow, MAX_LOCK_REASON } from './lock-row.ts';
import { createLock, endLock, findStanding } from './set-lock.ts';

type Deps = Pick<AllDeps, 'db'>;

export const customerLocksInput = z.strictObject({ ...inOrg });
const one = { ...inOrg, id: z.uuid(), reason: lineSchema(1, MAX_LOCK_REASON) } as const;
export const lockCustomerInput = z.strictObject(one);
export const freeCustomerInput = z.strictObject(one);

const THE_WHOLE = { columns: {} } as const;

/**
 * The provider's own locks over organisations, living and of the last weeks.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function customerLocks({ db }: Deps, actor: Actor): Promise<LockRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertProvider(tx, actor);
    const rows = await translating(
      () => tx.$queryRaw`SELECT org, lock FROM locks_of_provider(${actor.tenantId}::uuid)`,
    );
    return customerLocksSchema.parse(rows).map(({ org, lock }) => ({
      id: lock.id,
      scope: 'organisation',
      target: { id: lock.tenant_id, name: org },
      reason: lock.reason,
      since: lock.created_at,
      by: lock.created_name,
      byProvider: true,
      lifted:
        lock.lifted_at === null
          ? null
          : { at: lock.lifted_at, by: lock.lifted_name, reason: lock.lift_reason },
    }));
  });
}

/**
 * Locks a customer's whole organisation: its consoles close within two seconds. The organisation sees it, and both logs say it.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; NotFoundError `organisation/not-found`
 */
export async function lockCustomer(
  deps: Deps,
  actor: Actor,
  { id, reason }: z.infer<typeof lockCustomerInput>,
): Promise<{ lockId: string; already: boolean }> {
  return inCustomer(deps, actor, id, async (tx, customer) => {
    const standing = await findStanding(tx, id, THE_WHOLE, true);
    if (standing !== null) return { lockId: standing, already: true };
    const consoles = await tx.consoleSeat.count({ where: { tenantId: id, closedAt: null } });
    const given = { reason, byProvider: true } as const;
    const lockId = await createLock(
      tx,
      { ...actor, tenantId: id },
      { ...THE_WHOLE, name: customer.name },
      given,
    );
    await recordSidesEvent(
      tx,
      id,
      { provider: actor.tenantId },
      {
        action: 'lock.set',
        ...doneBy(actor),
        target: { kind: 'organisation', id, name: customer.name },
        data: { lockId, scope: 'organisation', byProvider: true, reason, consoles },
      },
    );
    return { lockId, already: false };
  });
}

/**
 * Lifts the provider's own lock over an organisation. What the organisation locked itself stays locked.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; NotFoundError `organisation/not-found`, also
 *   where no such lock is
 */
export async function freeCustomer(
  deps: Deps,
  actor: Actor,
  { id, reason }: z.infer<typeof freeCustomerInput>,
): Promise<{ lifted: true }> {
  return inCustomer(deps, actor, id, async (tx, customer, now) => {
    const lock = await tx.emergencyLock.findFirst({
      where: { tenantId: id, byProvider: true, liftedAt: null },
      select: { id: true, createdAt: true },
    });
    if (lock === null) throw new NotFoundError('organisation', { id, why: 'not locked' });
    await endLock(tx, { ...actor, tenantId: id }, lock.id, { at: now, reason });
    await recordSidesEvent(
      tx,
      id,
      { provider: actor.tenantId },
      {
        action: 'lock.lifted',
        ...doneBy(actor),
        target: { kind: 'organisation', id, name: customer.name },
        data: {
          lockId: lock.id,
          scope: 'organisation',
          byProvider: true,
          reason,
          since: lock.createdAt.toISOString(),
        },
      },
    );
    return { lifted: true as const };
  });
}

/** Judges the actor in the provider's organisation, then works in the customer's. */
async function inCustomer<T>(
  { db }: Deps,
  actor: Actor,
  id: string,
  work: (tx: Tx, customer: { name: string }, now: Date) => Promise<T>,
): Promise<T> {
  const [customer, now] = await db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'locks.manage');
    await assertProvider(tx, actor);
    if (facts.role === null) throw new ForbiddenError('not-a-member');
    const found = await loadCustomer(tx, actor, id);
    assertConfirmed(actor, facts.now);
    return [found, facts.now] as const;
  });
  return db.withTenant(id, async (tx) => {
    await lockAuthority(tx, id);
    return work(tx, customer, now);
  });
}
