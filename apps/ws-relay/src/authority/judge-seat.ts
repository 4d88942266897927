import type { TenantLimits } from '@porthole/authority';
import { can, type Facts, personStanding, type Refusal, type Right, type VmFacts } from '@porthole/rbac';
import {
  type AccessChanged,
  type CloseKind,
  MAX_ACCESS_NAME,
  MAX_ACCESS_REASON,
} from '@porthole/relay-contract';
import { type SeatMode, seatRights } from './seat-rights.ts';

/** What is true of one live seat now. */
export interface SeatFacts {
  readonly facts: Facts & { readonly policy: TenantLimits };
  /** null where the machine is gone or another organisation's. */
  readonly vm: VmFacts | null;
  /** The provider paused the machine's pool: Porthole leaves its hosts alone. */
  readonly poolPaused: boolean;
  /** The login ran out by its time; where it was ended, it is false. */
  readonly loginRanOut: boolean;
  /** The grant over the machine that ended last while the seat was there. */
  readonly grantEnded: { readonly at: Date; readonly by: string | null; readonly planned: boolean } | null;
  /** Somebody asked for the end of this seat. */
  readonly closeAsked: { readonly at: Date; readonly by: string; readonly reason: string } | null;
}

/** What follows for a seat. */
export type Verdict =
  | {
      readonly stays: false;
      readonly kind: CloseKind;
      /** What its person is told besides; null where the close says it all. */
      readonly told: AccessChanged | null;
    }
  | { readonly stays: true; readonly vm: VmFacts; readonly rights: readonly Right[] };

/** A grant that ended this long before the last judgement was already judged by, in milliseconds. */
const COMMIT_SLACK_MS = 5_000;

const KIND_OF_REFUSAL: Record<Refusal, CloseKind> = {
  'session-ended': 'signedOut',
  'person-disabled': 'withdrawn',
  'tenant-suspended': 'suspended',
  'not-a-member': 'withdrawn',
  'factor-missing': 'withdrawn',
  'factor-stale': 'withdrawn',
  'other-tenant': 'machineGone',
  locked: 'locked',
  'control-domain': 'withdrawn',
  'no-grant': 'withdrawn',
  'link-over': 'withdrawn',
};

/**
 * The one place that says whether a seat may go on, and if not, why. What somebody did by hand comes first, then what ends
 * everything of the person, then the machine, and last the grants.
 *
 * @param since when it was judged last, by the database's clock
 */
export function judgeSeat(seat: SeatFacts, mode: SeatMode, since: Date): Verdict {
  const { facts, vm, closeAsked } = seat;
  if (closeAsked !== null) {
    const { at, by, reason } = closeAsked;
    return { stays: false, kind: 'closedByHand', told: accessChanged(by, at, reason) };
  }
  const person = personStanding(facts);
  if (person !== null) return over(KIND_OF_REFUSAL[person], seat, since);
  if (vm === null) return over('machineGone', seat, since);
  if (seat.poolPaused) return over('poolPaused', seat, since);
  const decision = can(facts, 'look', vm);
  if (!decision.allowed) return over(KIND_OF_REFUSAL[decision.reason], seat, since);
  return { stays: true, vm, rights: seatRights(facts, vm, mode) };
}

/** A login that ran out was ended by nobody, and so was a grant by its date. */
function over(kind: CloseKind, seat: SeatFacts, since: Date): Verdict {
  // A guest has no sign-in: what ended is the visit.
  if (kind === 'signedOut' && seat.facts.guest != null)
    return { stays: false, kind: 'accessEnded', told: null };
  if (kind === 'signedOut') return { stays: false, kind: seat.loginRanOut ? 'signInOver' : kind, told: null };
  if (kind !== 'withdrawn') return { stays: false, kind, told: null };
  const told = whoChanged(seat, since);
  const planned = told !== null && seat.grantEnded?.planned === true;
  return { stays: false, kind: planned ? 'accessEnded' : kind, told };
}

/** Who changed the access of a seat since it was judged last, and when; null where the rows do not know. */
export function whoChanged({ grantEnded }: SeatFacts, since: Date): AccessChanged | null {
  if (grantEnded === null || grantEnded.at.getTime() < since.getTime() - COMMIT_SLACK_MS) return null;
  return accessChanged(grantEnded.by, grantEnded.at, '');
}

function accessChanged(by: string | null, at: Date, reason: string): AccessChanged {
  return {
    type: 'access-changed',
    by: by?.slice(0, MAX_ACCESS_NAME) ?? null,
    at: at.toISOString(),
    reason: reason.slice(0, MAX_ACCESS_REASON),
  };
}
