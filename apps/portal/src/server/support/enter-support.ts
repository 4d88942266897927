import { assertConfirmed } from '@porthole/auth';
import { type Tx, translating } from '@porthole/db';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import {
  loadCustomer,
  loadOrganisations,
  type OrganisationRow,
} from '../organisations/provider-organisations.ts';
import { assertRates } from '../rate.ts';
import { assertFewOpen, endGiven, lengthSchema, markEnded, recordSupport } from './give-support.ts';
import { mailSupport } from './mail-support.ts';
import { ASKED_PER_PERSON, MAX_SUPPORT_REASON, SUPPORT_WAIT_MS } from './support-limits.ts';
import {
  assertState,
  canOf,
  findSupport,
  providerRowsSchema,
  RIGHTS_OF,
  receiverOf,
  SUPPORT_CAN,
  type SupportRow,
  stateOf,
  toSupportRow,
} from './support-row.ts';

type Deps = Pick<AllDeps, 'db'>;

export const ofProviderInput = z.strictObject({ ...inOrg });
export const askSupportInput = z.strictObject({
  ...inOrg,
  /** The customer's organisation. */
  id: z.uuid(),
  can: z.enum(SUPPORT_CAN),
  lengthMs: lengthSchema,
  reason: lineSchema(1, MAX_SUPPORT_REASON),
});
const oneGrant = { ...inOrg, id: z.uuid(), grantId: z.uuid() } as const;
export const enterSupportInput = z.strictObject(oneGrant);
export const leaveSupportInput = z.strictObject(oneGrant);

/** A way into a customer's organisation, as the provider's people read it. */
export interface ProviderSupportRow extends SupportRow {
  customer: { id: string; slug: string; name: string };
  /** Whether the one who asks may enter by it: it is theirs, or nobody's yet. */
  mayEnter: boolean;
  /** Whether it is the asker's own, to leave or to withdraw. */
  mine: boolean;
}

export interface ProviderSupport {
  rows: ProviderSupportRow[];
  /** Whom one can ask. */
  customers: { id: string; name: string }[];
}

/**
 * What the provider's people asked for or may take, of the last weeks, and whom they can ask.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function supportOfProvider({ db }: Deps, actor: Actor): Promise<ProviderSupport> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const now = await assertSupporter(tx, actor);
    const answer = await translating(
      () => tx.$queryRaw`SELECT slug, org, given FROM support_of_provider(${actor.tenantId}::uuid)`,
    );
    const rows = providerRowsSchema.parse(answer).map(({ slug, org, given }): ProviderSupportRow => {
      const state = stateOf(given, now);
      const mine = given.personId === actor.personId;
      return {
        ...toSupportRow(given, now),
        customer: { id: given.tenantId, slug, name: org },
        mine,
        mayEnter: state === 'ready' && (mine || given.personId === null),
      };
    });
    const organisations = await loadOrganisations(tx, actor);
    return {
      rows,
      customers: organisations.flatMap(({ id, name, kind }) => (kind === 'customer' ? [{ id, name }] : [])),
    };
  });
}

/**
 * Asks an organisation to let the actor in, who may do nothing there until it agrees. Its owners and admins hear of it by mail.
 *
 * @throws ForbiddenError `rbac/forbidden`; NotFoundError `organisation/not-found`; LimitError `rate/limited`;
 *   AppError `support/asked`, `support/member`, `support/too-many`
 */
export async function askSupport(
  deps: Deps,
  actor: Actor,
  { id, can, lengthMs, reason }: z.infer<typeof askSupportInput>,
): Promise<{ grantId: string }> {
  await assertRates(deps, [{ key: `support.ask:${actor.personId}`, ...ASKED_PER_PERSON }]);
  return inCustomer(deps, actor, id, async (tx, { customer, inside, now }) => {
    const { personId, personName } = actor;
    await assertNoMember(tx, id, actor, customer);
    await tx.supportGrant.updateMany({
      where: { tenantId: id, personId, givenAt: null, endedAt: null, expiresAt: { lte: now } },
      data: { endedAt: now },
    });
    const open = { tenantId: id, personId, givenAt: null, endedAt: null };
    if ((await tx.supportGrant.count({ where: open })) > 0)
      throw new AppError({
        code: 'support/asked',
        publicMessage: `Your request still waits for an answer of ${customer.name}. Withdraw it to ask for something else.`,
      });
    await assertFewOpen(tx, id, now);
    const { id: grantId } = await tx.supportGrant.create({
      data: {
        tenantId: id,
        providerId: actor.tenantId,
        reason,
        rights: [...RIGHTS_OF[can]],
        lengthMs,
        createdAt: now,
        expiresAt: new Date(now.getTime() + SUPPORT_WAIT_MS),
        personId,
        personName,
      },
      select: { id: true },
    });
    await mailSupport(
      tx,
      { tenantId: id, org: customer.name, slug: customer.slug },
      { kind: 'support-asked', name: personName },
    );
    await recordSupport(tx, inside, actor.tenantId, {
      action: 'support.asked',
      ...doneBy(actor),
      data: { grantId, receiver: receiverOf(actor), can, lengthMs, reason },
    });
    return { grantId };
  });
}

/**
 * Goes in, having proved just now to be oneself: from now on the organisation is among the actor's, everybody in it sees who is there,
 * and it ends by itself.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; NotFoundError `organisation/not-found`,
 *   `support/not-found`; AppError `support/decided`, `support/of-another`, `support/member`
 */
export async function enterSupport(
  deps: Deps,
  actor: Actor,
  { id, grantId }: z.infer<typeof enterSupportInput>,
): Promise<{ slug: string }> {
  return inCustomer(deps, actor, id, async (tx, { customer, inside, now }) => {
    const record = await findSupport(tx, id, grantId);
    assertOwn(record, actor);
    await assertNoMember(tx, id, actor, customer);
    assertState(record, now, 'ready');
    assertConfirmed(actor, now);
    const { personId, personName } = actor;
    await tx.supportGrant.updateMany({
      where: { tenantId: id, id: grantId, enteredAt: null },
      data: { providerId: actor.tenantId, personId, personName, enteredAt: now },
    });
    await mailSupport(
      tx,
      { tenantId: id, org: customer.name, slug: customer.slug },
      { kind: 'support-entered', name: personName },
    );
    await recordSupport(tx, inside, actor.tenantId, {
      action: 'support.entered',
      ...doneBy(actor),
      data: {
        grantId,
        receiver: receiverOf(actor),
        can: canOf(record.rights),
        endsAt: (record.endsAt ?? now).toISOString(),
      },
    });
    return { slug: customer.slug };
  });
}

/**
 * Leaves, or gives back what was asked for or given: it is ended for good.
 *
 * @throws ForbiddenError `rbac/forbidden`; NotFoundError `organisation/not-found`, `support/not-found`; AppError `support/decided`
 */
export async function leaveSupport(
  deps: Deps,
  actor: Actor,
  { id, grantId }: z.infer<typeof leaveSupportInput>,
): Promise<{ left: true }> {
  return inCustomer(deps, actor, id, async (tx, { inside, now }) => {
    const record = await findSupport(tx, id, grantId);
    if (record.personId !== actor.personId)
      throw new NotFoundError('support', { grantId, why: 'of another' });
    assertState(record, now, 'waiting', 'ready', 'inside');
    if (record.givenAt !== null) await endGiven(tx, inside, record, { at: now, why: 'left' });
    else {
      await markEnded(tx, inside, grantId, { at: now, answer: null });
      await recordSupport(tx, inside, actor.tenantId, {
        action: 'support.ended',
        ...doneBy(actor),
        data: { grantId, receiver: receiverOf(record), why: 'withdrawn', consoles: 0 },
      });
    }
    return { left: true as const };
  });
}

/** Judges the actor in the provider's organisation, then works in the customer's, behind its authority lock. */
async function inCustomer<T>(
  { db }: Deps,
  actor: Actor,
  id: string,
  work: (tx: Tx, at: { customer: OrganisationRow; inside: Actor; now: Date }) => Promise<T>,
): Promise<T> {
  const [customer, now] = await db.withTenant(actor.tenantId, async (tx) => {
    const asOf = await assertSupporter(tx, actor);
    return [await loadCustomer(tx, actor, id), asOf] as const;
  });
  const inside: Actor = { ...actor, tenantId: id, slug: customer.slug, tenantName: customer.name };
  return db.withTenant(id, async (tx) => {
    await lockAuthority(tx, id);
    return work(tx, { customer, inside, now });
  });
}

/** @returns the database's time. @throws ForbiddenError `rbac/forbidden` */
async function assertSupporter(tx: Tx, actor: Actor): Promise<Date> {
  const { now } = await assertInTenant(tx, actor, 'support.enter');
  if (actor.tenantKind !== 'provider') throw new ForbiddenError('not-the-provider');
  return now;
}

/** What was given to a colleague is theirs. @throws AppError `support/of-another` */
function assertOwn(
  { personId, personName }: { personId: string | null; personName: string | null },
  actor: Actor,
) {
  if (personId !== null && personId !== actor.personId)
    throw new AppError({
      code: 'support/of-another',
      publicMessage: `This lets ${personName ?? 'another'} in. Ask for a grant of your own.`,
    });
}

/** Who belongs to an organisation comes by their role in it. @throws AppError `support/member` */
async function assertNoMember(
  tx: Tx,
  tenantId: string,
  actor: Actor,
  { name }: { name: string },
): Promise<void> {
  if ((await tx.membership.count({ where: { tenantId, personId: actor.personId } })) > 0)
    throw new AppError({
      code: 'support/member',
      publicMessage: `You belong to ${name} yourself. Choose it among your organisations.`,
    });
}
