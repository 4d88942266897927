import type { Db, Tx } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { PasskeyNoMatchError } from './auth-error.ts';
import {
  giveBackPasskeyAsk,
  keepChallenge,
  type PasskeyWish,
  type TakenChallenge,
  takeChallenge,
  takePasskeyAsk,
} from './passkey-challenge.ts';
import {
  optionsToShow,
  type PasskeyShown,
  readShown,
  type ShowOptions,
  toBase64Url,
  userHandleOf,
} from './passkey-signature.ts';

export interface PasskeyDeps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  /** Where browsers find this place: passkeys are made for its name. */
  origin: string;
}

interface Shower {
  id: string;
  name: string;
}

/**
 * Asks for a passkey: to sign in, of whoever has one; else of one person.
 *
 * @returns what the browser hands to the device, and the value of the cookie that the answer has to come with
 * @throws SignInWaitError `auth/wait`
 */
export async function askPasskey(
  deps: PasskeyDeps,
  wish: PasskeyWish,
): Promise<{ options: ShowOptions; cookie: Secret }> {
  await takePasskeyAsk(deps, wish);
  const { personId } = wish;
  const known =
    personId === null
      ? []
      : await deps.db.withoutTenant((tx) =>
          tx.passkey.findMany({ where: { personId }, select: { credentialId: true, transports: true } }),
        );
  const options = await optionsToShow(deps.origin, known);
  return { options, cookie: await keepChallenge(deps, wish, options.challenge) };
}

/**
 * Takes a passkey of somebody who is signed in, and does the work that it is for in the same transaction.
 *
 * @throws PasskeyNoMatchError `auth/passkey-no-match`
 */
export async function provePasskey<T>(
  deps: PasskeyDeps,
  personId: string,
  shown: { cookie: string | null; response: PasskeyShown },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const asked = await takeChallenge(deps, shown.cookie);
  if (asked?.purpose !== 'confirm' || asked.personId !== personId)
    throw new PasskeyNoMatchError({ reason: 'not-asked' });
  return takePasskey(deps, asked, shown.response, async (tx) => {
    await giveBackPasskeyAsk(tx, { purpose: 'confirm', personId });
    return work(tx);
  });
}

/**
 * What was signed for a challenge that was just taken: one answer for a key that nobody has, a wrong signature, another
 * person's key and a disabled person. A count that did not grow since the last time means that there are two of the key,
 * and neither is believed.
 *
 * @throws PasskeyNoMatchError `auth/passkey-no-match`; `details.person` says whose key it would have been
 */
export async function takePasskey<T>(
  deps: PasskeyDeps,
  asked: TakenChallenge,
  response: PasskeyShown,
  work: (tx: Tx, person: Shower) => Promise<T>,
): Promise<T> {
  const key = await deps.db.withoutTenant((tx) =>
    tx.passkey.findUnique({
      where: { credentialId: Uint8Array.from(Buffer.from(response.id, 'base64url')) },
      select: {
        id: true,
        credentialId: true,
        publicKey: true,
        person: { select: { id: true, name: true, disabledAt: true } },
      },
    }),
  );
  if (key === null) throw new PasskeyNoMatchError({ reason: 'unknown' });
  const person = { id: key.person.id, name: key.person.name };
  try {
    if (asked.personId !== null && asked.personId !== person.id)
      throw new PasskeyNoMatchError({ reason: 'foreign' });
    if (key.person.disabledAt !== null) throw new PasskeyNoMatchError({ reason: 'disabled' });
    const { userHandle } = response.response;
    if (userHandle !== undefined && userHandle !== toBase64Url(userHandleOf(person.id)))
      throw new PasskeyNoMatchError({ reason: 'foreign' });
    const { signCount, isSynced } = await readShown(deps.origin, asked.challenge, response, key);
    return await deps.db.withoutTenant(async (tx) => {
      const { count } = await tx.passkey.updateMany({
        where: {
          id: key.id,
          OR: [{ signCount: { lt: signCount } }, ...(signCount === 0n ? [{ signCount: 0n }] : [])],
        },
        data: { signCount, isSynced, lastUsedAt: deps.clock() },
      });
      if (count !== 1) throw new PasskeyNoMatchError({ reason: 'copied' });
      return work(tx, person);
    });
  } catch (error) {
    // A foreign key is no try at the account that it belongs to.
    if (error instanceof PasskeyNoMatchError && error.details.reason !== 'foreign')
      throw new PasskeyNoMatchError({ ...error.details, person }, error.cause);
    throw error;
  }
}
