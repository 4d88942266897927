import { type Db, takeRate } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { SignInWaitError } from './auth-error.ts';
import { digestOf, isBearer, newBearer } from './bearer.ts';
import { hostCookie } from './cookies.ts';
import type { OpenIdAttempt } from './open-id.ts';
import { sourceOf } from './sign-in-limits.ts';

/** How long somebody may take at their issuer. */
export const SSO_LIFE_MS = 10 * 60_000;
/** Ways to an issuer that may begin from one address. */
export const SSO_BEGINNINGS = { windowS: 900, max: 50 } as const;
export const SSO_COOKIE = '__Host-porthole-sso';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
}

/** A way to an issuer and back. */
export interface SsoAttempt extends OpenIdAttempt {
  tenantId: string;
  /** As the organisation's settings were when it began; others by now make it worthless. */
  issuer: string;
  clientId: string;
  /** Where the person wanted to go. */
  next: string | null;
}

/** Lax: the issuer sends the browser back from its own site. */
export function ssoCookie(value: Secret): string {
  return hostCookie(SSO_COOKIE, value.reveal(), { sameSite: 'Lax', maxAgeS: SSO_LIFE_MS / 1_000 });
}

export function blankSsoCookie(): string {
  return hostCookie(SSO_COOKIE, '', { sameSite: 'Lax', maxAgeS: 0 });
}

/** Counts a beginning before anything is looked up. @throws SignInWaitError `auth/wait` */
export async function takeSsoBeginning({ db }: Pick<Deps, 'db'>, ip: string | null): Promise<void> {
  const key = `sso:address:${sourceOf(ip)}`;
  const retryAfterS = await db.withoutTenant((tx) => takeRate(tx, { key, ...SSO_BEGINNINGS }));
  if (retryAfterS !== null) throw new SignInWaitError(retryAfterS, { key });
}

/** Keeps what has to come back; what ran out meanwhile is swept on the way. @returns the value of the cookie */
export async function keepSsoAttempt({ db, clock }: Deps, attempt: SsoAttempt): Promise<Secret> {
  const value = newBearer();
  const now = clock();
  await db.withoutTenant(async (tx) => {
    await tx.ssoAttempt.deleteMany({ where: { expiresAt: { lte: now } } });
    await tx.ssoAttempt.create({
      data: {
        digest: digestOf(value),
        ...attempt,
        createdAt: now,
        expiresAt: new Date(now.getTime() + SSO_LIFE_MS),
      },
      select: { digest: true },
    });
  });
  return new Secret(value);
}

/** Takes it before the issuer is asked anything: whatever comes of it, it is gone. @returns null for none, over, taken */
export async function takeSsoAttempt({ db, clock }: Deps, value: string | null): Promise<SsoAttempt | null> {
  if (value === null || !isBearer(value)) return null;
  const digest = digestOf(value);
  return db.withoutTenant(async (tx) => {
    const row = await tx.ssoAttempt.findUnique({
      where: { digest },
      select: {
        tenantId: true,
        issuer: true,
        clientId: true,
        state: true,
        nonce: true,
        verifier: true,
        next: true,
        expiresAt: true,
      },
    });
    const { count } = await tx.ssoAttempt.deleteMany({ where: { digest } });
    if (row === null || count !== 1 || row.expiresAt <= clock()) return null;
    const { expiresAt: _, ...attempt } = row;
    return attempt;
  });
}
