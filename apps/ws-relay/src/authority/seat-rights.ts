import type { TenantLimits } from '@porthole/authority';
import { can, type Facts, type Right, type VmFacts } from '@porthole/rbac';
import type { Copying } from '@porthole/relay-contract';
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

/** What the organisation says of the clipboard. */
export type ClipboardPolicy = Pick<TenantLimits, 'clipboardToGuest' | 'clipboardFromGuest'>;

/** What may be copied there at all: the policy of the organisation, which binds those with the right, too. */
export function copyingOf({ clipboardToGuest, clipboardFromGuest }: ClipboardPolicy): Copying {
  return { toGuest: clipboardToGuest, fromGuest: clipboardFromGuest };
}

/** When the access ends that lets the person look; null where it has no end. */
export function accessEnd(facts: Facts, vm: VmFacts): Date | null {
  const decision = can(facts, 'look', vm);
  return decision.allowed && decision.because.kind !== 'role' ? decision.because.endsAt : null;
}
