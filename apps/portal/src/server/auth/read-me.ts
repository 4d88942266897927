import { AppError } from '@porthole/errors';
import type { TenantRole } from '@porthole/rbac';
import type { SignedIn, TenantKind } from '../actor.ts';
import type { Deps } from '../deps.ts';

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

export async function readMe(_deps: Deps, _actor: SignedIn): Promise<Me> {
  throw new AppError({ code: 'portal/not-built' });
}
