import { createHash } from 'node:crypto';
import { type Db, type Rate, type Tx, takeRate } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { LinkOverError } from './auth-error.ts';
import type { HashGate } from './hash-gate.ts';
import { lookAtLink, mailLink, plainEmail, queueMail, takeLink, withdrawLinksOf } from './mail-links.ts';
import { checkPassword, hashPassword } from './password.ts';
import { sourceOf } from './sign-in-limits.ts';

/** Mails for one account, and asked for from one address (security.md §9). */
export const RESETS_OF_ACCOUNT = { windowS: 3_600, max: 3 } as const;
export const RESETS_FROM_ADDRESS = { windowS: 3_600, max: 20 } as const;

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
}

/**
 * Queues a mail with a link to a new password. Nobody is looked up: the same rows are written whether the address has an
 * account or not, so neither answer nor time can tell; who sends the mail drops it where nobody has the address.
 *
 * @param record runs inside the transaction; `dropped` where there were too many, which nobody else is told
 */
export function askReset(
  deps: Deps,
  asked: { email: string; ip: string | null },
  record: (tx: Tx, dropped: boolean) => Promise<void>,
): Promise<void> {
  return askByMail(deps, { ...asked, purpose: 'reset' }, record);
}

/**
 * Queues a mail with a link to a first account. As with {@link askReset}, nobody is looked up: the mail is dropped where
 * somebody has the address.
 */
export function askSignUp(
  deps: Deps,
  asked: { email: string; ip: string | null },
  record: (tx: Tx, dropped: boolean) => Promise<void>,
): Promise<void> {
  return askByMail(deps, { ...asked, purpose: 'sign-up' }, record);
}

async function askByMail(
  { db, clock }: Deps,
  { purpose, email, ip }: { purpose: 'reset' | 'sign-up'; email: string; ip: string | null },
  record: (tx: Tx, dropped: boolean) => Promise<void>,
): Promise<void> {
  const address = plainEmail(email);
  await db.withoutTenant(async (tx) => {
    const dropped = !(await isWithin(tx, ratesFor(purpose, address, ip)));
    if (!dropped) await mailLink(tx, clock, { purpose, email: address });
    await record(tx, dropped);
  });
}

async function isWithin(tx: Tx, rates: readonly Rate[]): Promise<boolean> {
  for (const rate of rates) if ((await takeRate(tx, rate)) !== null) return false;
  return true;
}

function ratesFor(purpose: string, email: string, ip: string | null): Rate[] {
  const account = createHash('sha256').update(email).digest('hex').slice(0, 32);
  return [
    { key: `${purpose}:address:${sourceOf(ip)}`, ...RESETS_FROM_ADDRESS },
    { key: `${purpose}:account:${account}`, ...RESETS_OF_ACCOUNT },
  ];
}

/** Who has a new password now, and which of their sessions ended with the old one. */
export interface PasswordReset {
  personId: string;
  personName: string;
  sessionIds: string[];
}

/**
 * Sets a new password by a mailed link, ends every session of the person (and by its trigger every console), makes all
 * other links of the account worthless, and tells the person by mail. A second factor stays as it is.
 *
 * @param record runs inside the transaction
 * @throws LinkOverError `auth/link-over`; WeakPasswordError `auth/weak-password`, which leaves the link good;
 *   AuthBusyError `auth/busy`
 */
export async function resetPassword(
  deps: Deps & { gate: HashGate },
  { link, password }: { link: string; password: Secret },
  record: (tx: Tx, reset: PasswordReset) => Promise<void>,
): Promise<PasswordReset> {
  const { db, clock, gate } = deps;
  // Before anything is hashed: a stranger's guesses cost a look-up and no more.
  await db.withoutTenant((tx) => lookAtLink(tx, 'reset', link));
  checkPassword(password);
  const passwordHash = await gate.run(() => hashPassword(password));
  return db.withoutTenant(async (tx) => {
    const { personId } = await takeLink(tx, 'reset', link);
    const person =
      personId === null
        ? null
        : await tx.person.findFirst({
            where: { id: personId, disabledAt: null },
            select: { id: true, name: true, email: true },
          });
    if (person === null) throw new LinkOverError({ why: 'no such person' });
    await tx.person.update({ where: { id: person.id }, data: { passwordHash }, select: { id: true } });
    const sessions = await tx.loginSession.findMany({
      where: { personId: person.id },
      select: { id: true },
      orderBy: { createdAt: 'asc' },
    });
    await tx.loginSession.deleteMany({ where: { personId: person.id } });
    // A sign-in that waits for its second factor stands on the old password.
    await tx.pendingSignIn.deleteMany({ where: { personId: person.id } });
    await withdrawLinksOf(tx, clock, { personId: person.id, email: person.email });
    await queueMail(tx, { kind: 'password-changed', to: person.email });
    const reset = {
      personId: person.id,
      personName: person.name,
      sessionIds: sessions.map(({ id }) => id),
    };
    await record(tx, reset);
    return reset;
  });
}
