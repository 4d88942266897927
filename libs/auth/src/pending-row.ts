import type { Db, Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { digestOf, isBearer, newBearer } from './bearer.ts';
import { hostCookie } from './cookies.ts';

/** Between the first half and the second; long enough to find a telephone. */
export const PENDING_LIFE_MS = 10 * 60_000;
export const PENDING_COOKIE = '__Host-porthole-factor';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
}

/** The cookie of a sign-in that waits for its factor; Strict, since no link from elsewhere leads into the middle of one. */
export function pendingCookie(pending: Secret): string {
  return hostCookie(PENDING_COOKIE, pending.reveal(), {
    sameSite: 'Strict',
    maxAgeS: PENDING_LIFE_MS / 1_000,
  });
}

export function blankPendingCookie(): string {
  return hostCookie(PENDING_COOKIE, '', { sameSite: 'Strict', maxAgeS: 0 });
}

/** What was shown before the second factor. */
export type FirstFactor = 'password' | 'single-sign-on';

/** Notes that the first half was right; what ran out meanwhile is swept on the way. */
export async function beginPending(
  tx: Tx,
  personId: string,
  now: Date,
  first: FirstFactor = 'password',
): Promise<Secret> {
  const pending = newBearer();
  await tx.pendingSignIn.deleteMany({ where: { expiresAt: { lte: now } } });
  await tx.pendingSignIn.create({
    data: {
      digest: digestOf(pending),
      personId,
      first,
      createdAt: now,
      expiresAt: new Date(now.getTime() + PENDING_LIFE_MS),
    },
    select: { digest: true },
  });
  return new Secret(pending);
}

/** Whose sign-in waits; null for none, unknown, over, or a disabled person. */
export async function readPending(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  pending: string | null,
): Promise<{ id: string; name: string; first: FirstFactor } | null> {
  if (pending === null || !isBearer(pending)) return null;
  const row = await db.withoutTenant((tx) =>
    tx.pendingSignIn.findUnique({
      where: { digest: digestOf(pending) },
      select: {
        expiresAt: true,
        first: true,
        person: { select: { id: true, name: true, disabledAt: true } },
      },
    }),
  );
  if (row === null || row.expiresAt <= clock() || row.person.disabledAt !== null) return null;
  const first = row.first === 'single-sign-on' ? row.first : 'password';
  return { id: row.person.id, name: row.person.name, first };
}

export async function leavePending({ db }: Pick<Deps, 'db'>, pending: string | null): Promise<void> {
  if (pending === null || !isBearer(pending)) return;
  await db.withoutTenant((tx) => tx.pendingSignIn.deleteMany({ where: { digest: digestOf(pending) } }));
}
