import { listEvents } from '@porthole/audit';
import { NotFoundError } from '@porthole/errors';
import { can, canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { loadMachine } from '../authority/load-machine.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type LogEvent, toLogEvent } from '../log/log-event.ts';
import { describeLink, findRows, type GuestLinkRow } from './guest-row.ts';
import { findLink, machinesOf } from './may-handle-guests.ts';

export const listGuestLinksInput = z.strictObject({ ...inOrg, vmId: z.uuid().optional() });

/**
 * The guest links of one machine: to who may share it or reads all access, and to others those that they made; without a
 * machine all of the organisation.
 *
 * @throws NotFoundError `vm/not-found`; ForbiddenError `rbac/forbidden`
 */
export async function listGuestLinks(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { vmId }: z.infer<typeof listGuestLinksInput>,
): Promise<GuestLinkRow[]> {
  const { tenantId, personId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    if (vmId === undefined) {
      const facts = await assertInTenant(tx, actor, 'grants.list');
      const rows = await findRows(tx, tenantId, {});
      const machines = await machinesOf(
        tx,
        tenantId,
        rows.map((row) => row.vmId),
      );
      return rows.map((row) => describeLink(facts, actor, row, machines.get(row.vmId) ?? null));
    }
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    const readsAll = can(facts, 'share', vm).allowed || canInTenant(facts, 'grants.list').allowed;
    const rows = await findRows(tx, tenantId, { vmId, ...(readsAll ? {} : { createdBy: personId }) });
    return rows.map((row) => describeLink(facts, actor, row, vm));
  });
}

export const getGuestLinkInput = z.strictObject({ ...inOrg, linkId: z.uuid() });

export interface GuestLinkStory {
  link: GuestLinkRow;
  /** Everything that happened with it, oldest first. */
  trail: LogEvent[];
}

/**
 * One link with its trail, which is the log's events of it. Who may read of the link reads them, with or without the log.
 *
 * @throws NotFoundError `guest-link/not-found`
 */
export async function getGuestLink(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { linkId }: z.infer<typeof getGuestLinkInput>,
): Promise<GuestLinkStory> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { facts, vm } = await findLink(tx, actor, linkId);
    const [row] = await findRows(tx, actor.tenantId, { id: linkId });
    if (row === undefined) throw new NotFoundError('guest-link', { linkId });
    const events = await listEvents(tx, { tenantId: actor.tenantId, guestLinkId: linkId, limit: 200 });
    return {
      link: describeLink(facts, actor, row, vm),
      trail: events.reverse().map((event) => toLogEvent(event, actor.role)),
    };
  });
}
