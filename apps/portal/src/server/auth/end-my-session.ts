import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps.ts';

export const endMySessionInput = z.strictObject({ id: z.uuid() });

export async function endMySession(
  _deps: Deps,
  _actor: SignedIn,
  _input: z.infer<typeof endMySessionInput>,
): Promise<{ ended: true }> {
  throw new AppError({ code: 'portal/not-built' });
}
