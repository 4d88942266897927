export { askSeatClose, MAX_CLOSE_REASON } from './ask-seat-close.ts';
export type { ConsoleTarget } from './console-target.ts';
export { denyTicket } from './deny-ticket.ts';
export {
  beatRelay,
  endHub,
  HUB_ACTIONS,
  type HubAction,
  hubEvent,
  reapSeats,
  removeRelay,
  renewHubs,
} from './hubs.ts';
export { type IssuedTicket, issueTicket, type SeatMode, type TicketRequest } from './issue-ticket.ts';
export {
  type CloseAsked,
  type GrantEnded,
  type SeatFacts,
  type SeatStanding,
  seatStanding,
  seatsFacts,
} from './live-seats.ts';
export { type CheckPart, endCheck, storeCheckStep, takeCheck } from './pool-checks.ts';
export { type RedeemedTicket, type Refused, redeemTicket } from './redeem-ticket.ts';
export {
  type Admitted,
  admitSeat,
  closeSeat,
  consoleTarget,
  noteSeatInput,
  noteSeatRights,
  type SeatLimits,
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
