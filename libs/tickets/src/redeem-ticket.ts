import { type PgClient, translating } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { z } from 'zod';
import { type ConsoleTarget, consoleTargetSchema } from './console-target.ts';
import { hashBinder, hashTicket } from './secrets.ts';

const refusedSchema = z.object({
  refused: z.enum(['unknown', 'used-before', 'expired', 'other-relay', 'other-browser', 'revoked']),
  ticketId: z.string().optional(),
  tenantId: z.string().optional(),
});

const redeemedSchema = consoleTargetSchema.extend({
  ticket: z.object({
    id: z.string(),
    tenantId: z.string(),
    personId: z.string(),
    loginSessionId: z.string(),
    vmId: z.string(),
    kind: z.enum(['screen', 'text']),
    mode: z.enum(['look', 'type']),
  }),
  facts: z.record(z.string(), z.unknown()),
});

export type RedeemedTicket = z.infer<typeof redeemedSchema>['ticket'];

/** The ticket is consumed if the transaction commits. `facts` go to `parseFacts` of libs/authority. */
export interface Redeemed extends ConsoleTarget {
  refused: null;
  ticket: RedeemedTicket;
  facts: Record<string, unknown>;
}

/** Outside all look the same (401, no body); the reason is for the log and for the ticket's owner. */
export interface Refused {
  refused: z.infer<typeof refusedSchema>['refused'];
  /** Null for a ticket that nobody issued. */
  ticketId: string | null;
  tenantId: string | null;
}

/**
 * Redeems a ticket: of any number of tries at once exactly one wins. To be called inside the transaction in which
 * `can()` is asked and the seat admitted; no commit, no tunnel (security.md §2.5).
 *
 * @throws DbError
 */
export async function redeemTicket(
  client: PgClient,
  { ticket, relayId, binder }: { ticket: Secret; relayId: string; binder: Secret },
): Promise<Redeemed | Refused> {
  const { rows } = await translating(() =>
    client.query('SELECT ticket_redeem($1, $2, $3) AS answer', [
      hashTicket(ticket),
      relayId,
      hashBinder(binder),
    ]),
  );
  const answer: unknown = Reflect.get(Object(rows[0]), 'answer');
  const refused = refusedSchema.safeParse(answer);
  if (!refused.success) return { refused: null, ...redeemedSchema.parse(answer) };
  const { ticketId = null, tenantId = null } = refused.data;
  return { refused: refused.data.refused, ticketId, tenantId };
}
