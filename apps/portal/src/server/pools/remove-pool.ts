import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const removePoolInput = z.strictObject({ ...inOrg, id: z.uuid() });

export async function removePool(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof removePoolInput>,
): Promise<{ removed: true }> {
  throw new AppError({ code: 'portal/not-built' });
}
