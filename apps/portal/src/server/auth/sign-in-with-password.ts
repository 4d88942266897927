import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import { hostCookie, loginCookie, NoMatchError, signIn } from '@porthole/auth';
import { membershipsOf } from '@porthole/authority';
import { codeOf, Secret } from '@porthole/errors';
import { BINDER_COOKIE, hashBinder, newBinder } from '@porthole/tickets';
import { z } from 'zod';
import type { Deps as AllDeps } from '../deps-type.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';

export const signInInput = z.strictObject({
  email: z.string().trim().min(3).max(254),
  password: z.string().min(1).max(1024),
});

type Deps = Pick<AllDeps, 'db' | 'clock' | 'gate'>;
type Request = Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'setCookie'>;

/** A person of more organisations than this is noted in the platform's chain and in this many of theirs. */
const MOST_CHAINS = 5;

/**
 * Signs in and sets both cookies: the login cookie, and the binder that passes of this browser are bound to. Every
 * refusal has the same words, whether the account exists or not; the log alone knows more.
 *
 * @throws NoMatchError `auth/no-match`, SignInWaitError `auth/wait`, AuthBusyError `auth/busy`
 */
export async function signInWithPassword(
  deps: Deps,
  request: Request,
  { email, password }: z.infer<typeof signInInput>,
): Promise<{ signedIn: true }> {
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
  const signedIn = await signIn(deps, attempt, (tx, person) =>
    recordSignIn(tx, PLATFORM_CHAIN, ip, { ...person, loginSessionId: person.sessionId }),
  ).catch(async (error: unknown) => {
    await recordNoEntry(deps, ip, email, error);
    throw error;
  });
  await tellOrganisations(deps, ip, {
    id: signedIn.personId,
    name: signedIn.personName,
    loginSessionId: signedIn.sessionId,
  });
  request.setCookie(loginCookie(signedIn.bearer.reveal()));
  request.setCookie(hostCookie(BINDER_COOKIE, binder.reveal(), { sameSite: 'Strict' }));
  return { signedIn: true };
}

interface Who {
  id: string;
  name: string;
  loginSessionId: string;
}

function recordSignIn(tx: Parameters<typeof recordEvent>[0], chain: string, ip: string | null, who: Who) {
  return recordEvent(tx, chain, {
    action: 'sign-in.ok',
    ...doneBy({ personId: who.id, personName: who.name, ip }),
    target: { kind: 'session', id: who.loginSessionId, name: null },
    data: { loginSessionId: who.loginSessionId, method: 'password' },
  }).then(() => undefined);
}

/** Each organisation reads in its own log who came; the platform's chain has it already, with the session itself. */
async function tellOrganisations({ db }: Deps, ip: string | null, who: Who): Promise<void> {
  const memberships = await db.withoutTenant((tx) => membershipsOf(tx, who.id));
  for (const { tenantId } of memberships.slice(0, MOST_CHAINS))
    await db.withTenant(tenantId, (tx) => recordSignIn(tx, tenantId, ip, who));
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
