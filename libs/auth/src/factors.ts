import type { Db, Tx } from '@porthole/db';
import { AppError, type Secret } from '@porthole/errors';
import { FactorNoMatchError } from './auth-error.ts';
import { changeSession, type FactorChange } from './factor-change.ts';
import type { FactorKey } from './factor-key.ts';
import { giveBackProofTry, takeProofTry } from './factor-limits.ts';
import { listPasskeys, type PasskeyRow } from './passkeys.ts';
import { recoveryCodesLeft, replaceRecoveryCodes } from './recovery-codes.ts';
import { openFor, sealFor } from './seed-seal.ts';
import { matchingStep, newSeed, seedForApp } from './totp-code.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  factorKey: FactorKey;
}

/** Kinds of second factor. */
export type FactorWay = 'passkey' | 'code';

/** The second factor of a person. */
export interface FactorState {
  /** Since when their app counts; null: there is none. */
  appSince: Date | null;
  passkeys: PasskeyRow[];
  recoveryCodesLeft: number;
}

export async function readFactors(tx: Tx, personId: string): Promise<FactorState> {
  const row = await tx.totp.findUnique({ where: { personId }, select: { confirmedAt: true } });
  return {
    appSince: row?.confirmedAt ?? null,
    passkeys: await listPasskeys(tx, personId),
    recoveryCodesLeft: await recoveryCodesLeft(tx, personId),
  };
}

/** What a person can show as their second factor; the best one first. */
export async function factorWays(tx: Tx, personId: string): Promise<FactorWay[]> {
  const passkeys = await tx.passkey.count({ where: { personId } });
  return [
    ...(passkeys > 0 ? (['passkey'] as const) : []),
    ...((await hasApp(tx, personId)) ? (['code'] as const) : []),
  ];
}

async function hasApp(tx: Tx, personId: string): Promise<boolean> {
  return (await tx.totp.count({ where: { personId, confirmedAt: { not: null } } })) > 0;
}

/**
 * Makes a seed for an app that counts once a code of it was shown. Run it where the password was just checked.
 *
 * @throws AppError `auth/factor-there` where one counts already
 */
export async function beginApp(
  tx: Tx,
  { factorKey }: Pick<Deps, 'factorKey'>,
  person: { id: string; email: string },
): Promise<{ secret: string; uri: string }> {
  if (await hasApp(tx, person.id))
    throw new AppError({
      code: 'auth/factor-there',
      publicMessage: 'An app makes your codes already. Turn it off to set up another.',
    });
  const seed = newSeed();
  await tx.totp.deleteMany({ where: { personId: person.id, confirmedAt: null } });
  await tx.totp.create({
    data: { personId: person.id, ...sealFor(factorKey, `totp-v1|${person.id}`, seed) },
    select: { personId: true },
  });
  return seedForApp(seed, person.email);
}

/**
 * The app counts from now on: a code of it was shown. Its session has a factor, every other one of the person is over.
 *
 * @throws FactorNoMatchError `auth/factor-no-match`, SignInWaitError `auth/wait`
 */
export async function confirmApp(
  deps: Deps,
  session: { personId: string; loginSessionId: string },
  code: Secret,
  record: (tx: Tx, change: FactorChange) => Promise<void>,
): Promise<FactorChange & { recoveryCodes: string[] }> {
  const { personId } = session;
  await takeProofTry(deps, personId);
  return deps.db.withoutTenant(async (tx) => {
    const now = deps.clock();
    const row = await tx.totp.findUnique({
      where: { personId },
      select: { kid: true, iv: true, ct: true, tag: true, confirmedAt: true },
    });
    if (row === null || row.confirmedAt !== null) throw new FactorNoMatchError({ pending: false });
    const seed = openFor(deps.factorKey, `totp-v1|${personId}`, row).reveal();
    const step = matchingStep(seed, code.reveal().replace(/\s/g, ''), now);
    if (step === null) throw new FactorNoMatchError({ pending: true });
    const { count } = await tx.totp.updateMany({
      where: { personId, confirmedAt: null, iv: row.iv },
      data: { confirmedAt: now, lastStep: BigInt(step) },
    });
    if (count !== 1) throw new FactorNoMatchError({ pending: false });
    await giveBackProofTry(tx, personId);
    const recoveryCodes = await replaceRecoveryCodes(tx, personId);
    const change = await changeSession(tx, session, { factorAt: now });
    await record(tx, change);
    return { ...change, recoveryCodes };
  });
}

/**
 * Takes the app away, and the recovery codes where no passkey is left that they stand in for. Run it where the person was asked again who they are.
 *
 * @throws AppError `auth/factor-none` where there is none
 */
export async function removeApp(
  tx: Tx,
  session: { personId: string; loginSessionId: string },
): Promise<FactorChange> {
  const { personId } = session;
  const { count } = await tx.totp.deleteMany({ where: { personId } });
  if (count === 0)
    throw new AppError({ code: 'auth/factor-none', publicMessage: 'There is no second factor to turn off.' });
  if ((await factorWays(tx, personId)).length > 0) return changeSession(tx, session, 'as-it-is');
  await tx.recoveryCode.deleteMany({ where: { personId } });
  return changeSession(tx, session, { factorAt: null });
}
