import { membershipsOf } from '@porthole/authority';
import type { TenantRole } from '@porthole/rbac';
import type { SignedIn, TenantKind } from '../actor.ts';
import type { Deps } from '../deps-type.ts';

export interface Organisation {
  slug: string;
  name: string;
  kind: TenantKind;
  role: TenantRole;
  suspended: boolean;
}

/** Who is signed in, and where they belong. */
export interface Me {
  person: { id: string; name: string; email: string };
  organisations: Organisation[];
}

export async function readMe(deps: Pick<Deps, 'db'>, signedIn: SignedIn): Promise<Me> {
  const memberships = await deps.db.withoutTenant((tx) => membershipsOf(tx, signedIn.personId));
  return {
    person: { id: signedIn.personId, name: signedIn.personName, email: signedIn.email },
    organisations: memberships.map(({ slug, name, kind, role, suspendedAt }) => ({
      slug,
      name,
      kind,
      role,
      suspended: suspendedAt !== null,
    })),
  };
}
