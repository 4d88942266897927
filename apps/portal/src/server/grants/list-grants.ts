import { AppError } from '@porthole/errors';
import type { VmRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const listGrantsInput = z.strictObject({ ...inOrg, vmId: z.uuid().optional() });

export interface GrantRow {
  id: string;
  person: { id: string; name: string; email: string } | null;
  team: { id: string; name: string } | null;
  target: { kind: 'vm'; vmId: string; name: string } | { kind: 'tag'; tag: string } | { kind: 'all' };
  role: VmRole;
  reason: string;
  endsAt: Date | null;
  createdAt: Date;
  /** Null where the giver has left or a rule gave it. */
  givenBy: string | null;
  /** Whether the one who asks may end it. */
  mayEnd: boolean;
}

export async function listGrants(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof listGrantsInput>,
): Promise<GrantRow[]> {
  throw new AppError({ code: 'portal/not-built' });
}
