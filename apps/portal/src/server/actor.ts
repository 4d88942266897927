import type { TenantRole } from '@porthole/rbac';
import type { TokenScope } from './tokens/token-scopes.ts';

export type TenantKind = 'customer' | 'provider';

/** What acts for a person in one organisation of theirs. */
export interface ActingToken {
  id: string;
  name: string;
  tenantId: string;
  scopes: readonly TokenScope[];
}

/** Who acts: a person with a living login session, before any organisation is chosen. */
export interface SignedIn {
  personId: string;
  personName: string;
  email: string;
  /**
   * Public handle of the login session; its bearer never leaves libs/auth. Where a program acts by an API token it names that,
   * which is no login session to anything that asks for one.
   */
  loginSessionId: string;
  /** The API token by which a program acts for the person; absent where they act themself. */
  token?: ActingToken | undefined;
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
