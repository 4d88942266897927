import { type LoadedFacts, parseFacts } from '@porthole/authority';
import type { PgClient } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { canOpen, type Right } from '@porthole/rbac';
import type { CloseKind, TicketOutcome } from '@porthole/relay-contract';
import {
  admitSeat,
  type ConsoleTarget,
  denyTicket,
  newBinder,
  type RedeemedTicket,
  redeemTicket,
  type SeatLimits,
  type SeatRefusal,
  SeatRefusedError,
} from '@porthole/tickets';
import { seatRights } from './authority/seat-rights.ts';

/** Runs its work in one transaction and resolves after COMMIT; `inTransaction` of libs/db. */
export type Transaction = <T>(work: (client: PgClient) => Promise<T>) => Promise<T>;

export interface AdmitDeps {
  readonly transaction: Transaction;
  readonly relayId: string;
  readonly seatLimits?: SeatLimits;
}

export interface Asking {
  readonly ticket: Secret;
  /** The browser's binder cookie; null fits no ticket. */
  readonly binder: Secret | null;
  readonly address: string;
  readonly userAgent: string;
}

/** What came of a pass. */
export type Admission =
  /** No console; the same answer for every reason. */
  | { readonly kind: 'refused'; readonly reason: string; readonly ticketId: string | null }
  /** A lawful pass that is used up, and no place. */
  | { readonly kind: 'full'; readonly closeKind: CloseKind; readonly ticketId: string }
  | {
      readonly kind: 'admitted';
      readonly seatId: string;
      readonly hubId: string;
      readonly ticket: RedeemedTicket;
      readonly target: ConsoleTarget;
      readonly facts: LoadedFacts;
      readonly rights: readonly Right[];
    };

/** How the reasons of libs/tickets close, and what the pass's owner reads. */
const FULL: Record<
  SeatRefusal,
  { closeKind: CloseKind; outcome: Exclude<TicketOutcome, 'waiting' | 'opened'> }
> = {
  'limit-person': { closeKind: 'limitPerson', outcome: 'limit-person' },
  'limit-console': { closeKind: 'limitConsole', outcome: 'limit-console' },
  'limit-tenant': { closeKind: 'limitTenant', outcome: 'limit-tenant' },
  moved: { closeKind: 'moved', outcome: 'other-relay' },
  'not-redeemed': { closeKind: 'authorityUnknown', outcome: 'revoked' },
};

/** A pass was issued this long ago at most: its second factor was fresh then. */
const TICKET_LIFE_MS = 30_000;

/**
 * Redeems a pass and gives it its seat, in one transaction with the log's `console.open` or `console.denied`
 * (architecture §3, "Redeeming"). Until it resolves nothing may be dialled: no commit, no tunnel.
 * @throws DbError; then nothing was committed, or nobody can say so
 */
export function admitConsole(deps: AdmitDeps, asking: Asking): Promise<Admission> {
  return deps.transaction(async (client) => {
    const { relayId } = deps;
    const redeemed = await redeemTicket(client, {
      ticket: asking.ticket,
      relayId,
      // Without the cookie the pass is as in another browser: a fresh binder fits none.
      binder: asking.binder ?? newBinder(),
    });
    if (redeemed.refused !== null) {
      const { refused, ticketId } = redeemed;
      const outcome = refused === 'unknown' ? 'revoked' : refused;
      await deny(client, deps, asking, {
        ticketId,
        outcome,
        reason: refused === 'unknown' ? 'forged' : refused,
      });
      return { kind: 'refused', reason: refused, ticketId };
    }
    const { ticket, facts: json, refused: _none, ...target } = redeemed;
    const facts = parseFacts(json);
    const look = canOpen(facts, 'look', target.vm, TICKET_LIFE_MS);
    if (!look.allowed) {
      await deny(client, deps, asking, { ticketId: ticket.id, outcome: 'right-gone', reason: look.reason });
      return { kind: 'refused', reason: look.reason, ticketId: ticket.id };
    }
    const rights = seatRights(facts, target.vm, ticket.mode);
    return seat(client, deps, asking, { ticket, target, facts, rights });
  });
}

async function seat(
  client: PgClient,
  deps: AdmitDeps,
  asking: Asking,
  redeemed: Pick<Extract<Admission, { kind: 'admitted' }>, 'ticket' | 'target' | 'facts' | 'rights'>,
): Promise<Admission> {
  const { ticket, rights } = redeemed;
  // Without a place the pass is used up all the same, so its redemption must outlive the refusal.
  await client.query('SAVEPOINT before_seat');
  try {
    const { seatId, hubId } = await admitSeat(client, {
      ticketId: ticket.id,
      relayId: deps.relayId,
      rights,
      ip: asking.address,
      userAgent: asking.userAgent,
      ...(deps.seatLimits === undefined ? {} : { limits: deps.seatLimits }),
    });
    return { kind: 'admitted', seatId, hubId, ...redeemed };
  } catch (error) {
    if (!(error instanceof SeatRefusedError)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT before_seat');
    const { closeKind, outcome } = FULL[error.refusal];
    await deny(client, deps, asking, { ticketId: ticket.id, outcome, reason: error.refusal });
    return { kind: 'full', closeKind, ticketId: ticket.id };
  }
}

function deny(
  client: PgClient,
  { relayId }: AdmitDeps,
  { ticket, address, userAgent }: Asking,
  why: { ticketId: string | null; outcome: Exclude<TicketOutcome, 'waiting' | 'opened'>; reason: string },
): Promise<void> {
  return denyTicket(client, { ...why, ticket, relayId, ip: address, userAgent });
}
