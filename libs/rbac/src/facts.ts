import type { GuestFact } from './guest.ts';
import type { Right, TenantRole, VmRole } from './rights.ts';
import type { SupportFact } from './support.ts';

/** What a grant covers. */
export type GrantTarget = { kind: 'vm'; vmId: string } | { kind: 'tag'; tag: string } | { kind: 'all' };

/** One grant that names the actor or a team of the actor. */
export interface GrantFact {
  id: string;
  /** Null where it gives single rights. */
  role: VmRole | null;
  /** What it gives: the rights of its role, or its single ones. {@link can} reads these alone. */
  rights: readonly Right[];
  target: GrantTarget;
  /** The team it came by, or null where it names the person. */
  team: string | null;
  endsAt: Date | null;
}

/** What an emergency lock covers. */
export type LockTarget =
  | { kind: 'tenant' }
  | { kind: 'person'; personId: string }
  /** A team that the actor belongs to; locks of other teams are no facts of the actor. */
  | { kind: 'team'; teamId: string }
  | { kind: 'vm'; vmId: string }
  | { kind: 'pool'; poolId: string };

export interface LockFact {
  id: string;
  target: LockTarget;
}

/** What an organisation asks of the second factor of its people. */
export interface FactorPolicy {
  /** Whether nothing of it is open to a session that proved none. */
  required: boolean;
  /** Milliseconds that a proof may be old when a console opens; null: of any age, or none. */
  consoleMaxAgeMs: number | null;
}

/**
 * All that is true of one person in one organisation at one moment. Loaded by `libs/authority`, judged by
 * {@link can}: the decision itself reads no clock and no database.
 */
export interface Facts {
  now: Date;
  tenantId: string;
  tenantSuspended: boolean;
  personId: string;
  personDisabled: boolean;
  /** False once the login session that acts was ended or ran out. */
  sessionAlive: boolean;
  /** When this session last proved a second factor; null: never. */
  factorAt: Date | null;
  /** What the organisation asks of a second factor. */
  factorPolicy: FactorPolicy;
  /** Null where the person is no member. */
  role: TenantRole | null;
  grants: readonly GrantFact[];
  locks: readonly LockFact[];
  /**
   * There where a guest acts by a link: all else is then true of who made it, but `sessionAlive`, which is the guest's visit.
   */
  guest?: GuestFact | null;
  /** There where somebody of the provider's is inside by a support grant of the organisation. */
  support?: SupportFact | null;
}

/** What of a machine matters to a decision. */
export interface VmFacts {
  id: string;
  /** The organisation that holds it now. */
  tenantId: string;
  poolId: string;
  tags: readonly string[];
  isControlDomain: boolean;
}
