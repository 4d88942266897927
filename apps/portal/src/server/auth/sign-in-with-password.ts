import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import { type FactorWay, hostCookie, loginCookie, NoMatchError, pendingCookie, signIn } from '@porthole/auth';
import { codeOf, Secret } from '@porthole/errors';
import { BINDER_COOKIE, hashBinder, newBinder } from '@porthole/tickets';
import { z } from 'zod';
import type { Deps as AllDeps } from '../deps-type.ts';
import { lineSchema } from '../inputs.ts';
import type { RequestFacts } from '../request-facts.ts';
import { recordSignIn } from './record-sign-in.ts';

export const signInInput = z.strictObject({
  email: lineSchema(3, 254),
  password: z.string().min(1).max(1024),
});

type Deps = Pick<AllDeps, 'db' | 'clock' | 'gate'>;
type Request = Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'setCookie'>;

/**
 * Signs in and sets both cookies: the login cookie, and the binder that passes of this browser are bound to. Who has a
 * second factor gets neither yet, but the cookie of a sign-in that waits for it. Every
 * refusal has the same words, whether the account exists or not; the log alone knows more.
 *
 * @throws NoMatchError `auth/no-match`, SignInWaitError `auth/wait`, AuthBusyError `auth/busy`
 */
export async function signInWithPassword(
  deps: Deps,
  request: Request,
  { email, password }: z.infer<typeof signInInput>,
): Promise<{ next: 'inside' } | { next: 'factor'; by: FactorWay[] }> {
  const { ip, userAgent, bearer: replacing } = request;
  const binder = newBinder();
  const attempt = {
    email,
    password: new Secret(password),
    ip,
    userAgent,
    replacing,
    binderHash: hashBinder(binder),
  };
  const signedIn = await signIn(deps, attempt, (tx, begun, replaced) =>
    recordSignIn(tx, ip, begun, replaced, 'password'),
  ).catch(async (error: unknown) => {
    await recordNoEntry(deps, ip, email, error);
    throw error;
  });
  if ('pending' in signedIn) {
    request.setCookie(pendingCookie(signedIn.pending));
    return { next: 'factor', by: signedIn.ways };
  }
  request.setCookie(loginCookie(signedIn.bearer.reveal()));
  request.setCookie(hostCookie(BINDER_COOKIE, binder.reveal(), { sameSite: 'Strict' }));
  return { next: 'inside' };
}

async function recordNoEntry(
  { db }: Deps,
  ip: string | null,
  account: string,
  error: unknown,
): Promise<void> {
  const code = codeOf(error);
  if (code !== 'auth/no-match' && code !== 'auth/wait') return;
  const known = error instanceof NoMatchError && error.details.known === true;
  await db.withoutTenant((tx) =>
    recordEvent(tx, PLATFORM_CHAIN, {
      action: 'sign-in.refused',
      outcome: 'refused',
      actor: { personId: null, name: '', kind: 'person' },
      ip,
      data: {
        reason: code === 'auth/wait' ? 'too-many-tries' : known ? 'no-match' : 'unknown-account',
        account,
      },
    }),
  );
}
