import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const probePoolInput = z.strictObject({ ...inOrg, address: z.string().trim().min(1).max(255) });

export async function probePool(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof probePoolInput>,
): Promise<{ probeId: string }> {
  throw new AppError({ code: 'portal/not-built' });
}
