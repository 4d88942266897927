import { NotFoundError } from '@porthole/errors';
import { type Receipt, receiptSchema, TICKET_OUTCOMES, type TicketOutcome } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';

export const readOutcomeInput = z.strictObject({ ...inOrg, ticketId: z.uuid() });

export interface ConsoleOutcome {
  outcome: TicketOutcome;
  /** The seat that the pass became, if it did. */
  seat: {
    id: string;
    openedAt: Date;
    closedAt: Date | null;
    closeReason: string | null;
    receipt: Receipt | null;
  } | null;
}

const outcomeSchema = z.enum(TICKET_OUTCOMES);

/**
 * What became of a pass, for the person who asked for it and nobody else: a browser cannot see why an upgrade was
 * refused (architecture §2).
 *
 * @throws NotFoundError `ticket/not-found`
 */
export async function readOutcome(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { ticketId }: z.infer<typeof readOutcomeInput>,
): Promise<ConsoleOutcome> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const ticket = await tx.consoleTicket.findFirst({
      where: { tenantId: actor.tenantId, id: ticketId, personId: actor.personId },
      select: { outcome: true },
    });
    if (ticket === null) throw new NotFoundError('ticket', { ticketId });
    const seat = await tx.consoleSeat.findFirst({
      where: { tenantId: actor.tenantId, ticketId, personId: actor.personId },
      select: { id: true, openedAt: true, closedAt: true, closeReason: true, receipt: true },
    });
    return {
      outcome: outcomeSchema.parse(ticket.outcome),
      seat: seat && { ...seat, receipt: receiptSchema.safeParse(seat.receipt).data ?? null },
    };
  });
}
