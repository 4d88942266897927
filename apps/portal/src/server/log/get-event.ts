import { listEvents } from '@porthole/audit';
import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type LogEvent, toLogEvent } from './log-event.ts';

export const getEventInput = z.strictObject({ ...inOrg, seq: z.number().int().positive() });

export interface LogEventProof extends LogEvent {
  eventId: string;
  /** Hex of the hash that stands in the link before. */
  prevHash: string;
  payloadHash: string;
}

/**
 * One event of the organisation's log with what proves it.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `event/not-found`
 */
export async function getEvent(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { seq }: z.infer<typeof getEventInput>,
): Promise<LogEventProof> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'log.read');
    const [event] = await listEvents(tx, { tenantId: actor.tenantId, seq, limit: 1 });
    const link = await tx.auditEvent.findFirst({
      where: { tenantId: actor.tenantId, seq: BigInt(seq) },
      select: { eventId: true, prevHash: true, payloadHash: true },
    });
    if (event === undefined || link === null) throw new NotFoundError('event', { seq });
    return {
      ...toLogEvent(event, actor.role),
      eventId: link.eventId,
      prevHash: Buffer.from(link.prevHash).toString('hex'),
      payloadHash: Buffer.from(link.payloadHash).toString('hex'),
    };
  });
}
