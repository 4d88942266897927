import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const endGrantInput = z.strictObject({ ...inOrg, grantId: z.uuid() });

export async function endGrant(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof endGrantInput>,
): Promise<{ ended: true }> {
  throw new AppError({ code: 'portal/not-built' });
}
