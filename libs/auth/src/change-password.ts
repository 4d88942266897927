import type { Db, Tx } from '@porthole/db';
import { AppError, type Secret } from '@porthole/errors';
import { NoMatchError } from './auth-error.ts';
import { assertConfirmed } from './confirmed.ts';
import { changeSession, type FactorChange } from './factor-change.ts';
import { giveBackProofTry, takeProofTry } from './factor-limits.ts';
import { factorWays } from './factors.ts';
import type { HashGate } from './hash-gate.ts';
import { queueMail, withdrawLinksOf } from './mail-links.ts';
import { checkPassword, hashPassword, verifyPassword } from './password.ts';
import { ssoRequired } from './sso-required.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  gate: HashGate;
}

/** The password of a person, as they may know of it. */
export interface PasswordState {
  /** There is one; who signs in otherwise may have none. */
  isSet: boolean;
  /** An organisation lets them in by its single sign-on alone: a password opens nothing. */
  ssoOnly: boolean;
}

export async function readPassword(tx: Tx, personId: string): Promise<PasswordState> {
  const row = await tx.person.findUnique({ where: { id: personId }, select: { passwordHash: true } });
  return { isSet: row != null && row.passwordHash !== null, ssoOnly: await ssoRequired(tx, personId) };
}

/**
 * Sets another password for somebody who is signed in and shows the one there is, which is the proof that it's them; where
 * they have a second factor, a proof of the last ten minutes is asked for beside it. This session goes on under a new bearer;
 * every other one of the person is over with its consoles, and so are API tokens, links and sign-ins that wait.
 *
 * @param record runs inside the transaction
 * @throws WeakPasswordError `auth/weak-password`; ConfirmFirstError `auth/confirm-first`; NoMatchError `auth/no-match`, also
 *   where there is no password or it changed meanwhile; AppError `auth/same-password`; SignInWaitError `auth/wait`;
 *   AuthBusyError `auth/busy`
 */
export async function changePassword(
  { db, clock, gate }: Deps,
  session: { personId: string; loginSessionId: string; confirmedAt: Date | null },
  { current, next }: { current: Secret; next: Secret },
  record: (tx: Tx, change: FactorChange) => Promise<void>,
): Promise<FactorChange> {
  const { personId } = session;
  checkPassword(next);
  const before = await db.withoutTenant(async (tx) => {
    if ((await factorWays(tx, personId)).length > 0) assertConfirmed(session, clock());
    return tx.person.findUnique({ where: { id: personId }, select: { passwordHash: true, email: true } });
  });
  await takeProofTry({ db }, personId);
  const passwordHash = before?.passwordHash ?? null;
  if (!(await verifyPassword(gate, passwordHash, current)) || before == null || passwordHash === null)
    throw new NoMatchError();
  if (current.reveal() === next.reveal())
    throw new AppError({
      code: 'auth/same-password',
      publicMessage: 'That is your password already. Choose another one.',
    });
  const nextHash = await gate.run(() => hashPassword(next));
  return db.withoutTenant(async (tx) => {
    // Only over the hash that was checked: of two changes at once, or beside a reset, one wins.
    const { count } = await tx.person.updateMany({
      where: { id: personId, passwordHash, disabledAt: null },
      data: { passwordHash: nextHash },
    });
    if (count !== 1) throw new NoMatchError();
    await giveBackProofTry(tx, personId);
    const change = await changeSession(tx, session, 'as-it-is');
    await withdrawLinksOf(tx, clock, { personId, email: before.email });
    await queueMail(tx, { kind: 'password-changed', to: before.email });
    await record(tx, change);
    return change;
  });
}
