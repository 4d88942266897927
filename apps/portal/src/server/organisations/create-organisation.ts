import { randomUUID } from 'node:crypto';
import { payloadOf, recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { type Tx, translating } from '@porthole/db';
import { AppError, ForbiddenError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor, SignedIn } from '../actor.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { emailSchema, inOrg, nameSchema, slugSchema } from '../inputs.ts';
import { writeInvitation } from '../invitations/invite.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import { assertProvider, loadCustomer } from './provider-organisations.ts';

type Deps = Pick<AllDeps, 'db' | 'clock'>;

const names = { name: nameSchema(80), slug: slugSchema } as const;

export const createForCustomerInput = z.strictObject({ ...inOrg, ...names, ownerEmail: emailSchema });
export const inviteOwnerInput = z.strictObject({ ...inOrg, id: z.uuid(), email: emailSchema });
export const createOwnInput = z.strictObject(names);

const OWN_PER_DAY = { windowS: 86_400, max: 3 } as const;

/**
 * Makes an organisation for a customer and invites its owner. It stands in both logs.
 *
 * @throws ForbiddenError `rbac/forbidden`; AppError `organisation/name-taken`
 */
export async function createForCustomer(
  deps: Deps,
  actor: Actor,
  { name, slug, ownerEmail }: z.infer<typeof createForCustomerInput>,
): Promise<{ id: string }> {
  const id = randomUUID();
  const payload = payloadOf({
    action: 'organisation.created',
    ...doneBy(actor),
    target: { kind: 'organisation', id, name },
    data: { slug },
  });
  await takingName(slug, () =>
    deps.db.withTenant(actor.tenantId, async (tx) => {
      await assertProvider(tx, actor);
      await translating(
        () =>
          tx.$queryRaw`SELECT organisation_found(${actor.tenantId}::uuid, ${id}::uuid, ${slug}, ${name}, ${payload})::text`,
      );
    }),
  );
  await inviteFirstOwner(deps, actor, { id, name }, ownerEmail);
  return { id };
}

/**
 * Invites an owner of a customer's organisation that has none. Once it has, its people are its own affair.
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; NotFoundError `organisation/not-found`; AppError `organisation/has-owner`,
 *   `invitation/pending`
 */
export async function inviteOwner(
  deps: Deps,
  actor: Actor,
  { id, email }: z.infer<typeof inviteOwnerInput>,
): Promise<{ invited: true }> {
  const customer = await deps.db.withTenant(actor.tenantId, async (tx) => {
    await assertProvider(tx, actor);
    assertConfirmed(actor, deps.clock());
    return loadCustomer(tx, actor, id);
  });
  await inviteFirstOwner(deps, actor, customer, email);
  return { invited: true };
}

async function inviteFirstOwner(
  { db, clock }: Deps,
  actor: Actor,
  { id: tenantId, name: org }: { id: string; name: string },
  email: string,
): Promise<void> {
  const { personId, personName, ip } = actor;
  await db.withTenant(tenantId, async (tx) => {
    // Somebody who becomes owner in the same moment comes before or after it.
    await lockAuthority(tx, tenantId);
    if ((await tx.membership.count({ where: { tenantId, role: 'owner' } })) > 0)
      throw new AppError({
        code: 'organisation/has-owner',
        publicMessage: `${org} has an owner, who invites its people.`,
      });
    await writeInvitation(tx, clock, { tenantId, personId, personName, ip, org, email, role: 'owner' });
  });
}

/**
 * Makes an organisation that who asks owns, where the provider lets people do so.
 *
 * @throws ForbiddenError `rbac/forbidden`; LimitError `rate/limited`; AppError `organisation/name-taken`
 */
export async function createOwn(
  deps: Deps & Pick<AllDeps, 'signUp'>,
  signedIn: SignedIn,
  { name, slug }: z.infer<typeof createOwnInput>,
): Promise<{ slug: string }> {
  if (!deps.signUp) throw new ForbiddenError('sign-up-closed');
  await assertRates(deps, [{ key: `organisation.create:person:${signedIn.personId}`, ...OWN_PER_DAY }]);
  const tenantId = randomUUID();
  await takingName(slug, () =>
    deps.db.withTenant(tenantId, async (tx) => {
      await writeOwn(tx, signedIn, { id: tenantId, name, slug });
    }),
  );
  return { slug };
}

/** The organisation, its one owner and its first event, in a transaction of its own context. */
export async function writeOwn(
  tx: Tx,
  owner: Pick<SignedIn, 'personId' | 'personName' | 'ip'>,
  { id, name, slug }: { id: string; name: string; slug: string },
): Promise<void> {
  const { personId } = owner;
  await tx.tenant.create({ data: { id, slug, name }, select: { id: true } });
  await tx.membership.create({ data: { tenantId: id, personId, role: 'owner' }, select: { personId: true } });
  await recordEvent(tx, id, {
    action: 'organisation.created',
    ...doneBy(owner),
    target: { kind: 'organisation', id, name },
    data: { slug },
  });
}

/** The short name is the platform's: who may make organisations learns that it is taken. */
export async function takingName<T>(slug: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'db/conflict') throw error;
    throw new AppError({
      code: 'organisation/name-taken',
      publicMessage: `The short name ${slug} is taken. Choose another.`,
      cause: error,
    });
  }
}
