import { payloadOf } from '@porthole/audit';
import { type Tx, translating } from '@porthole/db';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertProvider, loadCustomer } from './provider-organisations.ts';

type Deps = Pick<AllDeps, 'db'>;

export const suspendInput = z.strictObject({ ...inOrg, id: z.uuid(), reason: lineSchema(0, 500) });
export const resumeInput = z.strictObject({ ...inOrg, id: z.uuid() });

/**
 * Suspends a customer's organisation: its consoles close within two seconds, nobody opens one, its machines keep running. It
 * stands in both logs.
 *
 * @throws ForbiddenError `rbac/forbidden`; NotFoundError `organisation/not-found`
 */
export async function suspendOrganisation(
  { db }: Deps,
  actor: Actor,
  { id, reason }: z.infer<typeof suspendInput>,
): Promise<{ suspended: true }> {
  await db.withTenant(actor.tenantId, async (tx) => {
    await assertProvider(tx, actor);
    const { name } = await loadCustomer(tx, actor, id);
    const payload = payloadOf({
      action: 'organisation.suspended',
      ...doneBy(actor),
      target: { kind: 'organisation', id, name },
      data: { reason },
    });
    await setSuspended(tx, actor, id, true, payload);
  });
  return { suspended: true };
}

/**
 * Lets a suspended organisation go on.
 *
 * @throws ForbiddenError `rbac/forbidden`; NotFoundError `organisation/not-found`
 */
export async function resumeOrganisation(
  { db }: Deps,
  actor: Actor,
  { id }: z.infer<typeof resumeInput>,
): Promise<{ resumed: true }> {
  await db.withTenant(actor.tenantId, async (tx) => {
    await assertProvider(tx, actor);
    const { name } = await loadCustomer(tx, actor, id);
    const payload = payloadOf({
      action: 'organisation.resumed',
      ...doneBy(actor),
      target: { kind: 'organisation', id, name },
      data: {},
    });
    await setSuspended(tx, actor, id, false, payload);
  });
  return { resumed: true };
}

async function setSuspended(
  tx: Tx,
  actor: Actor,
  id: string,
  suspend: boolean,
  payload: string,
): Promise<void> {
  await translating(
    () =>
      tx.$queryRaw`SELECT organisation_suspend(${actor.tenantId}::uuid, ${id}::uuid, ${suspend}, ${payload})`,
  );
}
