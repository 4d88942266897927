/**
 * Why a ticket did not become a console. A stranger learns only that it did not; the owner asks `console.outcome`
 * and reads the words of design.md §7.
 */
export const TICKET_OUTCOMES = [
  'waiting',
  'opened',
  'expired',
  'used-before',
  'other-browser',
  'other-relay',
  'other-site',
  'revoked',
  'right-gone',
  'limit-person',
  'limit-console',
  'limit-tenant',
  'log-away',
] as const;
export type TicketOutcome = (typeof TICKET_OUTCOMES)[number];
