import { recordSessionEvent } from '@porthole/audit';
import {
  type AddOptions,
  addPasskey,
  assertConfirmed,
  beginPasskey,
  blankPasskeyCookie,
  loginCookie,
  passkeyCookie,
  removePasskey,
  renamePasskey,
} from '@porthole/auth';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';
import { passkeyNameSchema, passkeyToAddSchema } from './passkey-inputs.ts';
import { recordFactorChange, recordNoProof } from './record-factor.ts';

type Deps = Pick<AllDeps, 'db' | 'clock' | 'origin'>;

/**
 * Asks the browser's device to make a passkey.
 *
 * @throws ConfirmFirstError `auth/confirm-first`, AppError `auth/passkeys-full`, SignInWaitError `auth/wait`
 */
export async function beginMyPasskey(
  deps: Deps,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
): Promise<AddOptions> {
  assertConfirmed(signedIn, deps.clock());
  const { personId: id, email, personName: name } = signedIn;
  const { options, cookie } = await beginPasskey(deps, { id, email, name });
  request.setCookie(passkeyCookie(cookie));
  return options;
}

export const addPasskeyInput = z.strictObject({ name: passkeyNameSchema, response: passkeyToAddSchema });

/**
 * The passkey counts from now on. Every other session of the person is over, with its consoles.
 *
 * @returns recovery codes where there were none, shown this once
 * @throws ConfirmFirstError `auth/confirm-first`, PasskeyNoMatchError `auth/passkey-no-match`, AppError `auth/passkeys-full`
 */
export async function addMyPasskey(
  deps: Deps,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'passkey' | 'setCookie'>,
  { name, response }: z.infer<typeof addPasskeyInput>,
): Promise<{ recoveryCodes: string[] | null }> {
  assertConfirmed(signedIn, deps.clock());
  request.setCookie(blankPasskeyCookie());
  const made = { cookie: request.passkey, name, response };
  const { bearer, recoveryCodes } = await addPasskey(deps, signedIn, made, (tx, change) =>
    recordFactorChange(tx, signedIn, 'factor.added', change, { factor: 'passkey', name }),
  ).catch((error: unknown) => recordNoProof(deps, signedIn, 'set-up', error));
  request.setCookie(loginCookie(bearer.reveal()));
  return { recoveryCodes };
}

export const renamePasskeyInput = z.strictObject({ id: z.uuid(), name: passkeyNameSchema });

/** @throws NotFoundError `passkey/not-found` for absent and other people's */
export async function renameMyPasskey(
  { db }: Pick<Deps, 'db'>,
  signedIn: SignedIn,
  { id, name }: z.infer<typeof renamePasskeyInput>,
): Promise<{ renamed: true }> {
  await db.withoutTenant(async (tx) => {
    const before = await renamePasskey(tx, signedIn.personId, id, name);
    if (before === name) return;
    await recordSessionEvent(tx, signedIn.personId, {
      action: 'factor.renamed',
      ...doneBy(signedIn),
      target: { kind: 'person', id: signedIn.personId, name: signedIn.personName },
      data: { before, after: name },
    });
  });
  return { renamed: true };
}

export const removePasskeyInput = z.strictObject({ id: z.uuid() });

/**
 * Takes a passkey away; other sessions are over.
 *
 * @throws ConfirmFirstError `auth/confirm-first`, NotFoundError `passkey/not-found` for absent and other people's
 */
export async function removeMyPasskey(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
  { id }: z.infer<typeof removePasskeyInput>,
): Promise<{ removed: true }> {
  assertConfirmed(signedIn, clock());
  const bearer = await db.withoutTenant(async (tx) => {
    const change = await removePasskey(tx, signedIn, id);
    await recordFactorChange(tx, signedIn, 'factor.removed', change, {
      factor: 'passkey',
      name: change.name,
    });
    return change.bearer;
  });
  request.setCookie(loginCookie(bearer.reveal()));
  return { removed: true };
}
