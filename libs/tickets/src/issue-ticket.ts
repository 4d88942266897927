import { type Tx, translating } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { type ConsoleKind, LIMITS } from '@porthole/relay-contract';
import { z } from 'zod';
import { hashTicket, newTicket } from './secrets.ts';

export type SeatMode = 'look' | 'type';

export interface TicketRequest {
  tenantId: string;
  personId: string;
  /** Public handle of the login session. */
  loginSessionId: string;
  /** The link of a guest, who has no person and no login session: those two are then the link's and the visit's. */
  guestLinkId?: string;
  vmId: string;
  kind: ConsoleKind;
  mode: SeatMode;
  /** The only relay that will take it. */
  relayId: string;
  /** Of the login session's binder, see `hashBinder`. */
  binderHash: Uint8Array;
}

export interface IssuedTicket {
  /** Public: the owner asks `console.outcome` by it. */
  ticketId: string;
  ticket: Secret;
}

const rowsSchema = z.array(z.object({ id: z.uuid() })).length(1);

/**
 * Issues a ticket for one console: one use, thirty seconds by the database's clock, for one browser and one relay. The
 * caller has asked `can()` in the same transaction and records `console.request` after this.
 *
 * @throws DbError `db/conflict` if the machine is not one of the organisation's
 */
export async function issueTicket(tx: Pick<Tx, '$queryRaw'>, request: TicketRequest): Promise<IssuedTicket> {
  const ticket = newTicket();
  // Raw, since Prisma would send created_at itself: that column is the database's own word (migration 0002).
  const rows = await translating(
    () => tx.$queryRaw`
      INSERT INTO console_ticket
        (tenant_id, secret_hash, binder_hash, person_id, login_session_id, vm_id, kind, mode, relay_id, guest_link_id,
         expires_at)
      VALUES (
        ${request.tenantId}::uuid, ${hashTicket(ticket)}, ${request.binderHash}, ${request.personId}::uuid,
        ${request.loginSessionId}::uuid, ${request.vmId}::uuid, ${request.kind}::console_kind,
        ${request.mode}::seat_mode, ${request.relayId}, ${request.guestLinkId ?? null}::uuid,
        clock_timestamp() + make_interval(secs => ${LIMITS.ticketLifeMs / 1000}::double precision))
      RETURNING id`,
  );
  const [row] = rowsSchema.parse(rows);
  if (row === undefined) throw new TypeError('an inserted ticket has an id');
  return { ticketId: row.id, ticket };
}
