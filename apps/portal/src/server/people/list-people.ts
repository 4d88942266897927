import { AppError } from '@porthole/errors';
import type { TenantRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const listPeopleInput = z.strictObject({ ...inOrg });

export interface PersonRow {
  id: string;
  name: string;
  email: string;
  role: TenantRole;
  you: boolean;
}

export async function listPeople(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof listPeopleInput>,
): Promise<PersonRow[]> {
  throw new AppError({ code: 'portal/not-built' });
}
