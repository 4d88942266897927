import { AppError } from '@porthole/errors';
import type { Receipt, TicketOutcome } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
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

export async function readOutcome(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof readOutcomeInput>,
): Promise<ConsoleOutcome> {
  throw new AppError({ code: 'portal/not-built' });
}
