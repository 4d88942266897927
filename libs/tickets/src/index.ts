export type { ConsoleTarget } from './console-target.ts';
export { type Denial, denyTicket } from './deny-ticket.ts';
export {
  beatRelay,
  endHub,
  HUB_LEASE_MS,
  hubEvent,
  reapSeats,
  removeRelay,
  renewHubs,
} from './hubs.ts';
export { type IssuedTicket, issueTicket, type SeatMode, type TicketRequest } from './issue-ticket.ts';
export { type Redeemed, type RedeemedTicket, type Refused, redeemTicket } from './redeem-ticket.ts';
export {
  type Admitted,
  admitSeat,
  closeSeat,
  consoleTarget,
  noteSeatInput,
  noteSeatRights,
  type SeatFacts,
  type SeatLimits,
  type SeatStanding,
  seatFacts,
  seatStanding,
} from './seats.ts';
export {
  BINDER_COOKIE,
  hashBinder,
  hashTicket,
  LOGIN_COOKIE,
  newBinder,
  newTicket,
} from './secrets.ts';
export { SEAT_REFUSALS, type SeatRefusal, SeatRefusedError } from './ticket-error.ts';
