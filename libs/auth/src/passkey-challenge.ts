import { type Db, type Tx, takeRate } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { SignInWaitError } from './auth-error.ts';
import { digestOf, isBearer, newBearer } from './bearer.ts';
import { hostCookie } from './cookies.ts';
import { sourceOf } from './sign-in-limits.ts';

/** How long a device may take to sign what it was asked to. */
export const CHALLENGE_LIFE_MS = 5 * 60_000;
/** How often one address, or one person, may ask; only what led nowhere counts. */
export const PASSKEY_ASKS = { windowS: 900, max: 50 } as const;
export const PASSKEY_COOKIE = '__Host-porthole-passkey';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
}

/** What a device is asked to sign, and for whom; null: for whoever has a passkey. */
export type PasskeyWish =
  | { purpose: 'sign-in'; personId: null; ip: string | null }
  | { purpose: 'factor' | 'confirm' | 'add'; personId: string };

export interface TakenChallenge {
  purpose: PasskeyWish['purpose'];
  personId: string | null;
  challenge: string;
}

/** Binds a challenge to the browser that asked; Strict, since no link from elsewhere leads into the middle of one. */
export function passkeyCookie(value: Secret): string {
  return hostCookie(PASSKEY_COOKIE, value.reveal(), {
    sameSite: 'Strict',
    maxAgeS: CHALLENGE_LIFE_MS / 1_000,
  });
}

export function blankPasskeyCookie(): string {
  return hostCookie(PASSKEY_COOKIE, '', { sameSite: 'Strict', maxAgeS: 0 });
}

/** Counts that somebody asks, before anything is kept. @throws SignInWaitError `auth/wait` */
export async function takePasskeyAsk({ db }: Pick<Deps, 'db'>, wish: PasskeyWish): Promise<void> {
  const key = askKey(wish);
  const retryAfterS = await db.withoutTenant((tx) => takeRate(tx, { key, ...PASSKEY_ASKS }));
  if (retryAfterS !== null) throw new SignInWaitError(retryAfterS, { key });
}

/** What was asked for was shown: it counts no longer. */
export async function giveBackPasskeyAsk(tx: Tx, wish: PasskeyWish): Promise<void> {
  await tx.$queryRaw`SELECT rate_give_back(${askKey(wish)}, ${PASSKEY_ASKS.windowS}::int)::text`;
}

function askKey(wish: PasskeyWish): string {
  return wish.personId === null ? `passkey:address:${sourceOf(wish.ip)}` : `passkey:person:${wish.personId}`;
}

/** Keeps a challenge; what ran out meanwhile is swept on the way. @returns the value of the cookie that it is bound to */
export async function keepChallenge(
  { db, clock }: Deps,
  { purpose, personId }: PasskeyWish,
  challenge: string,
): Promise<Secret> {
  const value = newBearer();
  const now = clock();
  await db.withoutTenant(async (tx) => {
    await tx.passkeyChallenge.deleteMany({ where: { expiresAt: { lte: now } } });
    await tx.passkeyChallenge.create({
      data: {
        digest: digestOf(value),
        purpose,
        personId,
        challenge,
        createdAt: now,
        expiresAt: new Date(now.getTime() + CHALLENGE_LIFE_MS),
      },
      select: { digest: true },
    });
  });
  return new Secret(value);
}

/**
 * Takes a challenge before anything that was signed is looked at, in a transaction of its own: whatever comes of it, it
 * is gone.
 *
 * @returns null for none, unknown, over and taken before
 */
export async function takeChallenge(
  { db, clock }: Deps,
  value: string | null,
): Promise<TakenChallenge | null> {
  if (value === null || !isBearer(value)) return null;
  const digest = digestOf(value);
  return db.withoutTenant(async (tx) => {
    const row = await tx.passkeyChallenge.findUnique({
      where: { digest },
      select: { purpose: true, personId: true, challenge: true, expiresAt: true },
    });
    const { count } = await tx.passkeyChallenge.deleteMany({ where: { digest } });
    if (row === null || count !== 1 || row.expiresAt <= clock()) return null;
    const purpose = PURPOSES.find((known) => known === row.purpose);
    return purpose === undefined ? null : { purpose, personId: row.personId, challenge: row.challenge };
  });
}

const PURPOSES = ['sign-in', 'factor', 'confirm', 'add'] as const satisfies readonly PasskeyWish['purpose'][];
