import { factorDemandsOf, membershipsOf } from '@porthole/authority';
import type { TenantRole } from '@porthole/rbac';
import type { SignedIn, TenantKind } from '../actor.ts';
import type { Deps } from '../deps-type.ts';

export interface Organisation {
  slug: string;
  name: string;
  kind: TenantKind;
  role: TenantRole;
  suspended: boolean;
  /** Whether it opens only once this session proved a second factor. */
  factorMissing: boolean;
}

/** Who is signed in, and where they belong. */
export interface Me {
  person: { id: string; name: string; email: string };
  organisations: Organisation[];
  /** Whether they may make one of their own. */
  signUp: boolean;
}

export async function readMe(deps: Pick<Deps, 'db' | 'signUp'>, signedIn: SignedIn): Promise<Me> {
  const { personId, factorAt } = signedIn;
  const [memberships, demands] = await deps.db.withoutTenant(async (tx) => [
    await membershipsOf(tx, personId),
    await factorDemandsOf(tx, personId),
  ]);
  return {
    signUp: deps.signUp,
    person: { id: signedIn.personId, name: signedIn.personName, email: signedIn.email },
    organisations: memberships.map(({ tenantId, slug, name, kind, role, suspendedAt }) => ({
      slug,
      name,
      kind,
      role,
      suspended: suspendedAt !== null,
      factorMissing: factorAt === null && demands.has(tenantId),
    })),
  };
}
