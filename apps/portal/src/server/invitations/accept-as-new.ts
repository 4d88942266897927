import { randomUUID } from 'node:crypto';
import { checkPassword, hashPassword } from '@porthole/auth';
import { AppError, Secret } from '@porthole/errors';
import { z } from 'zod';
import { signInWithPassword } from '../auth/sign-in-with-password.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { linkSchema, nameSchema, newPasswordSchema } from '../inputs.ts';
import type { RequestFacts } from '../request-facts.ts';
import { join, takeInvitation } from './accept-invitation.ts';
import { findOpenInvitation } from './open-invitation.ts';

export const acceptAsNewInput = z.strictObject({
  link: linkSchema,
  name: nameSchema(80),
  password: newPasswordSchema,
});

/**
 * Makes an account for the address that was invited, which the link proves, joins, and signs in.
 *
 * @throws LinkOverError `auth/link-over`; WeakPasswordError `auth/weak-password`, which leaves the link good; AppError
 *   `invitation/has-account`; AuthBusyError `auth/busy`
 */
export async function acceptAsNew(
  deps: Pick<Deps, 'db' | 'clock' | 'gate'>,
  request: Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'setCookie'>,
  { link, name, password }: z.infer<typeof acceptAsNewInput>,
): Promise<{ org: string }> {
  const seen = await findOpenInvitation(deps, link);
  const secret = new Secret(password);
  checkPassword(secret);
  const passwordHash = await deps.gate.run(() => hashPassword(secret));
  await deps.db.withTenant(seen.tenantId, async (tx) => {
    await lockAuthority(tx, seen.tenantId);
    const invitation = await takeInvitation(tx, seen.tenantId, link);
    const { email } = invitation;
    if ((await tx.person.findUnique({ where: { email }, select: { id: true } })) !== null)
      throw new AppError({
        code: 'invitation/has-account',
        publicMessage: 'This address has an account by now. Sign in with it, then open the link again.',
      });
    const personId = randomUUID();
    await tx.person.create({ data: { id: personId, name, email, passwordHash }, select: { id: true } });
    await join(tx, invitation, { personId, personName: name, ip: request.ip }, { isNew: true });
  });
  await signInWithPassword(deps, request, { email: seen.email, password });
  return { org: seen.org.slug };
}
