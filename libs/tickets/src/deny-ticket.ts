import { type PgClient, translating } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import type { TicketOutcome } from '@porthole/relay-contract';
import { hashTicket } from './secrets.ts';

export interface Denial {
  /** Of a redeemed or refused ticket; null where there is none, or only its text. */
  ticketId: string | null;
  /** What was shown, where nothing was redeemed (a wrong Origin, say): finds the owner, who may read the outcome. */
  ticket?: Secret | null;
  relayId: string;
  /** What its owner will read. */
  outcome: Exclude<TicketOutcome, 'waiting' | 'opened'>;
  /** A word for the log: a `Refusal` of can(), `origin`, `forged`, … */
  reason: string;
  ip: string | null;
  userAgent: string | null;
}

/**
 * Records that no console came of a ticket: outcome for its owner, `console.denied` in the organisation's log, or in
 * the platform's chain where nobody issued it. Outcomes that end a ticket (`right-gone`, limits, `log-away`) use it up.
 *
 * In a transaction of its own: that of the redemption has been rolled back, or ends with it.
 *
 * @throws DbError
 */
export async function denyTicket(client: PgClient, denial: Denial): Promise<void> {
  const { ticketId, ticket, relayId, outcome, reason, ip, userAgent } = denial;
  await translating(() =>
    client.query('SELECT ticket_deny($1::uuid, $2, $3, $4, $5, $6, $7)', [
      ticketId,
      ticket === undefined || ticket === null ? null : hashTicket(ticket),
      relayId,
      outcome,
      reason,
      ip,
      userAgent,
    ]),
  );
}
