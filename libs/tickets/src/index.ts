export type { ConsoleTarget } from './console-target.ts';
export { denyTicket } from './deny-ticket.ts';
export {
  beatRelay,
  endHub,
  hubEvent,
  reapSeats,
  removeRelay,
  renewHubs,
} from './hubs.ts';
export { type IssuedTicket, issueTicket, type SeatMode, type TicketRequest } from './issue-ticket.ts';
export { type RedeemedTicket, type Refused, redeemTicket } from './redeem-ticket.ts';
export {
  type Admitted,
  admitSeat,
  closeSeat,
  consoleTarget,
  noteSeatInput,
  noteSeatRights,
  type SeatFacts,
  type SeatLimits,
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
export { type SeatRefusal, SeatRefusedError } from './ticket-error.ts';
