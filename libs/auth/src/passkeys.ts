import type { Tx } from '@porthole/db';
import { AppError, NotFoundError, type Secret } from '@porthole/errors';
import { PasskeyNoMatchError } from './auth-error.ts';
import { changeSession, type FactorChange } from './factor-change.ts';
import { giveBackPasskeyAsk, keepChallenge, takeChallenge, takePasskeyAsk } from './passkey-challenge.ts';
import { type AddOptions, optionsToAdd, type PasskeyToAdd, readAdded } from './passkey-signature.ts';
import type { PasskeyDeps } from './prove-passkey.ts';
import { recoveryCodesLeft, replaceRecoveryCodes } from './recovery-codes.ts';

/** How many passkeys one person may have. */
export const MAX_PASSKEYS = 20;

/** A passkey as its person knows it. */
export interface PasskeyRow {
  id: string;
  name: string;
  /** Whether its maker keeps copies for the person's other devices. */
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** Oldest first. */
export async function listPasskeys(tx: Tx, personId: string): Promise<PasskeyRow[]> {
  return tx.passkey.findMany({
    where: { personId },
    select: { id: true, name: true, isSynced: true, createdAt: true, lastUsedAt: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/**
 * Asks a device to make a passkey. Run it where the person was just asked who they are.
 *
 * @returns what the browser hands to the device, and the value of the cookie that the answer has to come with
 * @throws AppError `auth/passkeys-full`, SignInWaitError `auth/wait`
 */
export async function beginPasskey(
  deps: PasskeyDeps,
  person: { id: string; email: string; name: string },
): Promise<{ options: AddOptions; cookie: Secret }> {
  const wish = { purpose: 'add', personId: person.id } as const;
  await takePasskeyAsk(deps, wish);
  const known = await deps.db.withoutTenant((tx) =>
    tx.passkey.findMany({
      where: { personId: person.id },
      select: { credentialId: true, transports: true },
    }),
  );
  if (known.length >= MAX_PASSKEYS) throw full();
  const options = await optionsToAdd(deps.origin, person, known);
  return { options, cookie: await keepChallenge(deps, wish, options.challenge) };
}

/**
 * A passkey counts from now on. The session that added it has shown a factor with it, every other one of the person is over.
 *
 * @returns recovery codes where the person had none, shown this once
 * @throws PasskeyNoMatchError `auth/passkey-no-match`, AppError `auth/passkeys-full`
 */
export async function addPasskey(
  deps: PasskeyDeps,
  session: { personId: string; loginSessionId: string },
  made: { cookie: string | null; name: string; response: PasskeyToAdd },
  record: (tx: Tx, change: FactorChange) => Promise<void>,
): Promise<FactorChange & { recoveryCodes: string[] | null }> {
  const { personId } = session;
  const asked = await takeChallenge(deps, made.cookie);
  if (asked?.purpose !== 'add' || asked.personId !== personId)
    throw new PasskeyNoMatchError({ reason: 'not-asked' });
  const fresh = await readAdded(deps.origin, asked.challenge, made.response);
  return deps.db.withoutTenant(async (tx) => {
    // One after another, so that two at once don't both become the last that fits.
    await tx.$queryRaw`SELECT id::text FROM person WHERE id = ${personId}::uuid FOR NO KEY UPDATE`;
    if ((await tx.passkey.count({ where: { personId } })) >= MAX_PASSKEYS) throw full();
    const taken = await tx.passkey.count({ where: { credentialId: fresh.credentialId } });
    if (taken > 0) throw new PasskeyNoMatchError({ reason: 'known' });
    const now = deps.clock();
    await tx.passkey.create({
      data: { personId, name: made.name, createdAt: now, ...fresh },
      select: { id: true },
    });
    await giveBackPasskeyAsk(tx, { purpose: 'add', personId });
    const left = await recoveryCodesLeft(tx, personId);
    const recoveryCodes = left === 0 ? await replaceRecoveryCodes(tx, personId) : null;
    const change = await changeSession(tx, session, { factorAt: now });
    await record(tx, change);
    return { ...change, recoveryCodes };
  });
}

/** @returns its name until now @throws NotFoundError `passkey/not-found` for absent and other people's */
export async function renamePasskey(tx: Tx, personId: string, id: string, name: string): Promise<string> {
  const row = await tx.passkey.findFirst({ where: { id, personId }, select: { name: true } });
  const { count } = await tx.passkey.updateMany({ where: { id, personId }, data: { name } });
  if (row === null || count !== 1) throw new NotFoundError('passkey', { id });
  return row.name;
}

/**
 * Takes a passkey away, and the recovery codes with the last factor. Run it where the person was asked again who they are.
 *
 * @throws NotFoundError `passkey/not-found` for absent and other people's
 */
export async function removePasskey(
  tx: Tx,
  session: { personId: string; loginSessionId: string },
  id: string,
): Promise<FactorChange & { name: string }> {
  const { personId } = session;
  const row = await tx.passkey.findFirst({ where: { id, personId }, select: { name: true } });
  const { count } = await tx.passkey.deleteMany({ where: { id, personId } });
  if (row === null || count !== 1) throw new NotFoundError('passkey', { id });
  const app = await tx.totp.count({ where: { personId, confirmedAt: { not: null } } });
  const isLast = app === 0 && (await tx.passkey.count({ where: { personId } })) === 0;
  if (isLast) await tx.recoveryCode.deleteMany({ where: { personId } });
  return { ...(await changeSession(tx, session, isLast ? { factorAt: null } : 'as-it-is')), name: row.name };
}

function full(): AppError {
  return new AppError({
    code: 'auth/passkeys-full',
    publicMessage: `You have ${MAX_PASSKEYS} passkeys, and more don’t fit. Remove one first.`,
  });
}
