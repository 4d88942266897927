import { can, type Facts, type Right, type VmFacts } from '@porthole/rbac';
import { WIRE_RIGHTS } from '../hub/seat.ts';

/** What the pass was asked for: to look on, or to type as well. */
export type SeatMode = 'look' | 'type';

/**
 * What a seat may do on the wire: what `can()` says, and of that only looking where the person came to look. Empty
 * means that the seat may not be there.
 */
export function seatRights(facts: Facts, vm: VmFacts, mode: SeatMode): Right[] {
  if (!can(facts, 'look', vm).allowed) return [];
  return WIRE_RIGHTS.filter(
    (right) => right === 'look' || (mode === 'type' && can(facts, right, vm).allowed),
  );
}

/** When the access ends that lets the person look; null where it has no end. */
export function accessEnd(facts: Facts, vm: VmFacts): Date | null {
  const decision = can(facts, 'look', vm);
  return decision.allowed && decision.because.kind === 'grant' ? decision.because.endsAt : null;
}
