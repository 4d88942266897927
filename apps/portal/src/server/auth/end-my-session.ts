import { endSession } from '@porthole/auth';
import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { recordSessionEnd } from './record-session-end.ts';

export const endMySessionInput = z.strictObject({ id: z.uuid() });

/**
 * Ends another of the person's sessions, or this one.
 *
 * @throws NotFoundError `session/not-found` for absent and other people's
 */
export async function endMySession(
  { db }: Pick<Deps, 'db'>,
  signedIn: SignedIn,
  { id }: z.infer<typeof endMySessionInput>,
): Promise<{ ended: true }> {
  await db.withoutTenant(async (tx) => {
    if (!(await endSession(tx, signedIn.personId, id))) throw new NotFoundError('session', { id });
    await recordSessionEnd(tx, signedIn, id);
  });
  return { ended: true };
}
