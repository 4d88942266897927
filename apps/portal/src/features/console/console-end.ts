import type { CloseKind, TicketOutcome } from '@porthole/relay-contract';

/** Why a console is over, as far as this page knows. */
export type ConsoleEnd =
  /** The relay closed with a word of the contract. */
  | { cause: 'closed'; kind: CloseKind }
  /** The socket closed before `welcome`; the owner of the pass asked why. */
  | { cause: 'pass'; outcome: TicketOutcome }
  /** The portal gave no pass. */
  | { cause: 'no-pass'; code: string; message: string; reference: string | null; retryAfterS: number | null }
  /** Two minutes without a line. */
  | { cause: 'lost' }
  /** The relay said something that the contract doesn't know. */
  | { cause: 'breach' }
  /** The viewer can't draw what came. */
  | { cause: 'picture' };
