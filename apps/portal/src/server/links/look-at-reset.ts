import { lookAtLink } from '@porthole/auth';
import { z } from 'zod';
import type { Deps } from '../deps-type.ts';
import { linkSchema } from '../inputs.ts';

export const lookAtResetInput = z.strictObject({ link: linkSchema });

/**
 * Whose password the link sets, so that a page can say so before anybody types, or that it is over.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function lookAtReset(
  { db }: Pick<Deps, 'db'>,
  { link }: z.infer<typeof lookAtResetInput>,
): Promise<{ email: string }> {
  const { email } = await db.withoutTenant((tx) => lookAtLink(tx, 'reset', link));
  return { email };
}
