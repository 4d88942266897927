import { recordSessionEvent } from '@porthole/audit';
import {
  assertConfirmed,
  beginApp,
  confirmApp,
  type FactorState,
  factorWays,
  loginCookie,
  provePassword,
  readFactors,
  removeApp,
  replaceRecoveryCodes,
} from '@porthole/auth';
import { AppError, Secret } from '@porthole/errors';
import { encode } from 'uqr';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';
import { recordFactorChange, recordNoProof } from './record-factor.ts';

type Deps = Pick<AllDeps, 'db' | 'clock' | 'gate' | 'factorKey'>;

/** The second factor of who is signed in. */
export async function readMyFactor({ db }: Pick<Deps, 'db'>, signedIn: SignedIn): Promise<FactorState> {
  return db.withoutTenant((tx) => readFactors(tx, signedIn.personId));
}

export const beginFactorInput = z.strictObject({ password: z.string().min(1).max(1024) });

/** A seed for an app: as text, and as the squares of a QR code. */
export interface SeedForApp {
  secret: string;
  /** One string of `0` and `1` for each row. */
  squares: string[];
}

/**
 * Makes a seed for an app; it counts once a code of it was shown.
 *
 * @throws NoMatchError `auth/no-match`, SignInWaitError `auth/wait`, AppError `auth/factor-there`
 */
export async function beginMyFactor(
  deps: Deps,
  signedIn: SignedIn,
  { password }: z.infer<typeof beginFactorInput>,
): Promise<SeedForApp> {
  const person = { id: signedIn.personId, email: signedIn.email };
  const { secret, uri } = await provePassword(deps, person.id, new Secret(password), (tx) =>
    beginApp(tx, deps, person),
  ).catch((error: unknown) => recordNoProof(deps, signedIn, 'set-up', error));
  const { data } = encode(uri, { ecc: 'M', border: 2 });
  return { secret, squares: data.map((row) => row.map((dark) => (dark ? '1' : '0')).join('')) };
}

export const confirmFactorInput = z.strictObject({ code: lineSchema(6, 16) });

/**
 * The app counts from now on. Every other session of the person is over, with its consoles.
 *
 * @returns the recovery codes, shown this once
 * @throws FactorNoMatchError `auth/factor-no-match`, SignInWaitError `auth/wait`
 */
export async function confirmMyFactor(
  deps: Deps,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
  { code }: z.infer<typeof confirmFactorInput>,
): Promise<{ recoveryCodes: string[] }> {
  const { bearer, recoveryCodes } = await confirmApp(deps, signedIn, new Secret(code), (tx, change) =>
    recordFactorChange(tx, signedIn, 'factor.added', change, { factor: 'app' }),
  ).catch((error: unknown) => recordNoProof(deps, signedIn, 'set-up', error));
  request.setCookie(loginCookie(bearer.reveal()));
  return { recoveryCodes };
}

/** Ten new recovery codes; the old ones are void. @throws ConfirmFirstError `auth/confirm-first` */
export async function makeMyCodes(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  signedIn: SignedIn,
): Promise<{ recoveryCodes: string[] }> {
  assertConfirmed(signedIn, clock());
  return db.withoutTenant(async (tx) => {
    if ((await factorWays(tx, signedIn.personId)).length === 0)
      throw new AppError({
        code: 'auth/factor-none',
        publicMessage: 'Recovery codes belong to a second factor. Set one up first.',
      });
    const recoveryCodes = await replaceRecoveryCodes(tx, signedIn.personId);
    await recordSessionEvent(tx, signedIn.personId, {
      action: 'factor.codes-made',
      ...doneBy(signedIn),
      target: { kind: 'person', id: signedIn.personId, name: signedIn.personName },
      data: {},
    });
    return { recoveryCodes };
  });
}

/** Turns the second factor off; other sessions are over. @throws ConfirmFirstError `auth/confirm-first` */
export async function turnMyFactorOff(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
): Promise<{ off: true }> {
  assertConfirmed(signedIn, clock());
  const bearer = await db.withoutTenant(async (tx) => {
    const change = await removeApp(tx, signedIn);
    await recordFactorChange(tx, signedIn, 'factor.removed', change, { factor: 'app' });
    return change.bearer;
  });
  request.setCookie(loginCookie(bearer.reveal()));
  return { off: true };
}
