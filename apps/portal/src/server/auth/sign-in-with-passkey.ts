import { PLATFORM_CHAIN, recordEvent, recordSessionEvent } from '@porthole/audit';
import {
  askPasskey,
  blankPasskeyCookie,
  blankPendingCookie,
  hostCookie,
  loginCookie,
  noteConfirmed,
  PasskeyNoMatchError,
  passkeyCookie,
  provePasskey,
  readPending,
  type ShowOptions,
  SignInOverError,
  signInWithPasskey,
} from '@porthole/auth';
import { BINDER_COOKIE, hashBinder, newBinder } from '@porthole/tickets';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';
import { passkeyShownSchema } from './passkey-inputs.ts';
import { recordNoProof } from './record-factor.ts';
import { recordSignIn } from './record-sign-in.ts';

type Deps = Pick<AllDeps, 'db' | 'clock' | 'origin'>;
type Request = Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'pending' | 'passkey' | 'setCookie'>;

export const askPasskeyInput = z.strictObject({
  /** In place of a password, or after it. */
  as: z.enum(['sign-in', 'factor']),
});

/**
 * Asks for a passkey of whoever has one, or of the person whose sign-in waits for their second factor.
 *
 * @throws SignInWaitError `auth/wait`; SignInOverError `auth/sign-in-over` where nothing waits
 */
export async function askForPasskey(
  deps: Deps,
  request: Request,
  { as }: z.infer<typeof askPasskeyInput>,
): Promise<ShowOptions> {
  const waiting = as === 'factor' ? await readPending(deps, request.pending) : null;
  if (as === 'factor' && waiting === null) throw new SignInOverError();
  const { options, cookie } = await askPasskey(
    deps,
    waiting === null
      ? { purpose: 'sign-in', personId: null, ip: request.ip }
      : { purpose: 'factor', personId: waiting.id },
  );
  request.setCookie(passkeyCookie(cookie));
  return options;
}

export const passkeyShownInput = z.strictObject({ response: passkeyShownSchema });

/**
 * Signs in by a passkey, and sets both cookies as a password does.
 *
 * @throws PasskeyNoMatchError `auth/passkey-no-match`, SignInOverError `auth/sign-in-over`
 */
export async function signInByPasskey(
  deps: Deps,
  request: Request,
  { response }: z.infer<typeof passkeyShownInput>,
): Promise<{ next: 'inside' }> {
  const { ip, userAgent, bearer: replacing, pending, passkey: cookie } = request;
  request.setCookie(blankPasskeyCookie());
  const binder = newBinder();
  const attempt = { cookie, pending, response, ip, userAgent, replacing, binderHash: hashBinder(binder) };
  const { bearer } = await signInWithPasskey(deps, attempt, (tx, begun, replaced, method) =>
    recordSignIn(tx, ip, begun, replaced, method),
  ).catch((error: unknown) => recordNoEntry(deps, ip, error));
  request.setCookie(loginCookie(bearer.reveal()));
  request.setCookie(hostCookie(BINDER_COOKIE, binder.reveal(), { sameSite: 'Strict' }));
  if (pending !== null) request.setCookie(blankPendingCookie());
  return { next: 'inside' };
}

/** Asks for a passkey of who is signed in. @throws SignInWaitError `auth/wait` */
export async function askForMyPasskey(
  deps: Deps,
  { personId }: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
): Promise<ShowOptions> {
  const { options, cookie } = await askPasskey(deps, { purpose: 'confirm', personId });
  request.setCookie(passkeyCookie(cookie));
  return options;
}

/** Proves again who acts; it counts as a fresh second factor. @throws PasskeyNoMatchError `auth/passkey-no-match` */
export async function confirmByPasskey(
  deps: Deps,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'passkey' | 'setCookie'>,
  { response }: z.infer<typeof passkeyShownInput>,
): Promise<{ confirmed: true }> {
  request.setCookie(blankPasskeyCookie());
  const shown = { cookie: request.passkey, response };
  await provePasskey(deps, signedIn.personId, shown, async (tx) => {
    await noteConfirmed(tx, signedIn, deps.clock(), true);
    await recordSessionEvent(tx, signedIn.personId, {
      action: 'sign-in.confirmed',
      ...doneBy(signedIn),
      target: { kind: 'session', id: signedIn.loginSessionId, name: null },
      data: { loginSessionId: signedIn.loginSessionId, method: 'passkey' },
    });
  }).catch((error: unknown) => recordNoProof(deps, signedIn, 'confirm', error));
  return { confirmed: true };
}

const personSchema = z.object({ id: z.string(), name: z.string() });

/** A key of somebody's stands in their organisations' logs, any other in the platform's. */
async function recordNoEntry(deps: Pick<Deps, 'db'>, ip: string | null, error: unknown): Promise<never> {
  if (!(error instanceof PasskeyNoMatchError)) throw error;
  const person = personSchema.safeParse(error.details.person);
  if (person.success)
    return recordNoProof(
      deps,
      { personId: person.data.id, personName: person.data.name, ip },
      'sign-in',
      error,
    );
  await deps.db.withoutTenant((tx) =>
    recordEvent(tx, PLATFORM_CHAIN, {
      action: 'sign-in.refused',
      outcome: 'refused',
      actor: { personId: null, name: '', kind: 'person' },
      ip,
      data: { reason: 'passkey' },
    }),
  );
  throw error;
}
