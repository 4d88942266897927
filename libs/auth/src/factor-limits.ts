import { type Db, type Tx, takeRate } from '@porthole/db';
import { SignInWaitError } from './auth-error.ts';

/** Wrong codes, and wrong passwords of somebody who is signed in, for one account (security.md §9). */
export const PROOF_LIMIT = { windowS: 900, max: 5 } as const;

const keyOf = (personId: string) => `proof:${personId}`;

/** Counts a try before anything is compared. @throws SignInWaitError `auth/wait` */
export async function takeProofTry(
  { db }: { db: Pick<Db, 'withoutTenant'> },
  personId: string,
): Promise<void> {
  const retryAfterS = await db.withoutTenant((tx) => takeRate(tx, { key: keyOf(personId), ...PROOF_LIMIT }));
  if (retryAfterS !== null) throw new SignInWaitError(retryAfterS, { key: keyOf(personId) });
}

/** A try that succeeded was none: only failed ones count. */
export async function giveBackProofTry(tx: Tx, personId: string): Promise<void> {
  await tx.$queryRaw`SELECT rate_give_back(${keyOf(personId)}, ${PROOF_LIMIT.windowS}::int)::text`;
}
