import { AppError } from '@porthole/errors';
import { VM_ROLES } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const giveGrantInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  personId: z.uuid(),
  role: z.enum(VM_ROLES),
  endsAt: z.date().nullable(),
  reason: z.string().trim().max(500),
});

export async function giveGrant(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof giveGrantInput>,
): Promise<{ grantId: string }> {
  throw new AppError({ code: 'portal/not-built' });
}
