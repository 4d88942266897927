import type { Db, Tx } from '@porthole/db';
import { AppError, type Secret } from '@porthole/errors';
import { LinkOverError, NoMatchError } from './auth-error.ts';
import type { HashGate } from './hash-gate.ts';
import { mailLink, plainEmail, queueMail, takeLink, withdrawLinksOf } from './mail-links.ts';
import { verifyPassword } from './password.ts';
import { giveBackSignInTry, takeSignInTry } from './sign-in-limits.ts';
import { ssoRequired } from './sso-required.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  gate: HashGate;
}

export interface EmailChange {
  personId: string;
  personName: string;
  before: string;
  after: string;
}

/**
 * Mails a link to the new address; until it is opened the old one stays in use. Whether the new one has an account is not
 * told: whoever sends the mail drops it then. Whom an organisation lets in by its single sign-on alone keeps the address by which
 * it knows them: that rule is about the domains of addresses, and another one would lead around it.
 *
 * @param record runs inside the transaction
 * @throws NoMatchError `auth/no-match` where the password isn't right; AppError `auth/sso-address`; SignInWaitError `auth/wait`;
 *   AuthBusyError `auth/busy`
 */
export async function askEmailChange(
  { db, clock, gate }: Deps,
  asked: {
    personId: string;
    personName: string;
    email: string;
    next: string;
    password: Secret;
    ip: string | null;
  },
  record: (tx: Tx, change: EmailChange) => Promise<void>,
): Promise<void> {
  const { personId, personName, email, ip } = asked;
  const tried = { email: plainEmail(email), ip };
  await takeSignInTry({ db }, tried);
  const found = await db.withoutTenant((tx) =>
    tx.person.findUnique({ where: { id: personId }, select: { passwordHash: true } }),
  );
  if (!(await verifyPassword(gate, found?.passwordHash ?? null, asked.password)))
    throw new NoMatchError({ known: true });
  const after = plainEmail(asked.next);
  await db.withoutTenant(async (tx) => {
    await giveBackSignInTry(tx, tried);
    if (await ssoRequired(tx, personId))
      throw new AppError({
        code: 'auth/sso-address',
        publicMessage:
          'Your organisation signs you in by this address, so it stays. Who runs it can say more.',
      });
    await tx.mailToken.updateMany({
      where: { purpose: 'email', personId, usedAt: null, withdrawnAt: null },
      data: { withdrawnAt: clock() },
    });
    await mailLink(tx, clock, { purpose: 'email', email: after, personId }, { name: personName });
    await record(tx, { personId, personName, before: email, after });
  });
}

/**
 * Takes the address that the link was sent to, tells the old one, and makes other links of the account worthless.
 *
 * @param record runs inside the transaction
 * @throws LinkOverError `auth/link-over`, also where the address got an account meanwhile, or the old one has to stay by now
 */
export async function confirmEmail(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  link: string,
  record: (tx: Tx, change: EmailChange) => Promise<void>,
): Promise<EmailChange> {
  return db.withoutTenant(async (tx) => {
    const { personId, email: after } = await takeLink(tx, 'email', link);
    const person =
      personId === null
        ? null
        : await tx.person.findFirst({
            where: { id: personId, disabledAt: null },
            select: { id: true, name: true, email: true },
          });
    const isTaken = (await tx.person.findUnique({ where: { email: after }, select: { id: true } })) !== null;
    if (person === null || isTaken)
      throw new LinkOverError({ why: isTaken ? 'address taken' : 'no such person' });
    if (await ssoRequired(tx, person.id)) throw new LinkOverError({ why: 'single sign-on' });
    await tx.person.update({ where: { id: person.id }, data: { email: after }, select: { id: true } });
    await withdrawLinksOf(tx, clock, { personId: person.id, email: person.email });
    await queueMail(tx, {
      kind: 'email-changed',
      to: person.email,
      names: { name: person.name, next: after },
    });
    const change = { personId: person.id, personName: person.name, before: person.email, after };
    await record(tx, change);
    return change;
  });
}
