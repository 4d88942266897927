import type { TenantRole } from '@porthole/rbac';

export type TenantKind = 'customer' | 'provider';

/** Who acts: a person with a living login session, before any organisation is chosen. */
export interface SignedIn {
  personId: string;
  personName: string;
  email: string;
  /** Public handle of the login session; its bearer never leaves libs/auth. */
  loginSessionId: string;
  /** When the person last acted or typed. */
  lastInputAt: Date;
  /** When this session last proved a second factor; null: never. */
  factorAt: Date | null;
  /** When the person last proved to be themself. */
  confirmedAt: Date | null;
  ip: string | null;
}

/** Who acts, inside one organisation of theirs. */
export interface Actor extends SignedIn {
  tenantId: string;
  slug: string;
  tenantName: string;
  tenantKind: TenantKind;
  role: TenantRole;
}
