import { randomUUID } from 'node:crypto';
import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import {
  askSignUp as ask,
  checkPassword,
  hashPassword,
  LinkOverError,
  lookAtLink,
  takeLink,
} from '@porthole/auth';
import { ForbiddenError, Secret } from '@porthole/errors';
import { z } from 'zod';
import { signInWithPassword } from '../auth/sign-in-with-password.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { emailSchema, linkSchema, nameSchema, newPasswordSchema, slugSchema } from '../inputs.ts';
import { takingName, writeOwn } from '../organisations/create-organisation.ts';
import type { RequestFacts } from '../request-facts.ts';

type Deps = Pick<AllDeps, 'db' | 'clock' | 'gate' | 'signUp'>;

export const askSignUpInput = z.strictObject({ email: emailSchema });
export const lookAtSignUpInput = z.strictObject({ link: linkSchema });
export const signUpInput = z.strictObject({
  link: linkSchema,
  name: nameSchema(80),
  password: newPasswordSchema,
  org: z.strictObject({ name: nameSchema(80), slug: slugSchema }),
});

/**
 * Mails a link to a first account, where the provider lets people make organisations. The answer is the same for an address
 * that has an account: it gets no mail.
 *
 * @throws ForbiddenError `rbac/forbidden` where the provider doesn't
 */
export async function askSignUp(
  deps: Deps,
  { ip }: Pick<RequestFacts, 'ip'>,
  { email }: z.infer<typeof askSignUpInput>,
): Promise<{ asked: true }> {
  assertOpen(deps);
  await ask(deps, { email, ip }, async (tx, dropped) => {
    await recordEvent(tx, PLATFORM_CHAIN, {
      action: 'sign-up.asked',
      outcome: dropped ? 'refused' : 'ok',
      actor: { personId: null, name: '', kind: 'person' },
      ip,
      data: { account: email, ...(dropped ? { reason: 'too-many-mails' } : {}) },
    });
  });
  return { asked: true };
}

/**
 * Whose first account the link makes.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function lookAtSignUp(
  { db }: Pick<Deps, 'db'>,
  { link }: z.infer<typeof lookAtSignUpInput>,
): Promise<{ email: string }> {
  const { email } = await db.withoutTenant((tx) => lookAtLink(tx, 'sign-up', link));
  return { email };
}

/**
 * Makes an account for the address that the link proves, and an organisation that it owns; signs in.
 *
 * @throws LinkOverError `auth/link-over`, also where the address got an account meanwhile; WeakPasswordError
 *   `auth/weak-password` and AppError `organisation/name-taken`, which leave the link good; ForbiddenError `rbac/forbidden`
 */
export async function signUp(
  deps: Deps,
  request: Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'setCookie'>,
  { link, name, password, org }: z.infer<typeof signUpInput>,
): Promise<{ org: string }> {
  assertOpen(deps);
  await lookAtSignUp(deps, { link });
  const secret = new Secret(password);
  checkPassword(secret);
  const passwordHash = await deps.gate.run(() => hashPassword(secret));
  const [tenantId, personId] = [randomUUID(), randomUUID()];
  const email = await takingName(org.slug, () =>
    deps.db.withTenant(tenantId, async (tx) => {
      const taken = await takeLink(tx, 'sign-up', link);
      if ((await tx.person.findUnique({ where: { email: taken.email }, select: { id: true } })) !== null)
        throw new LinkOverError({ why: 'address taken' });
      await tx.person.create({
        data: { id: personId, name, email: taken.email, passwordHash },
        select: { id: true },
      });
      await writeOwn(tx, { personId, personName: name, ip: request.ip }, { id: tenantId, ...org });
      return taken.email;
    }),
  );
  await signInWithPassword(deps, request, { email, password });
  return { org: org.slug };
}

function assertOpen({ signUp: isOpen }: Pick<Deps, 'signUp'>): void {
  if (!isOpen) throw new ForbiddenError('sign-up-closed');
}
