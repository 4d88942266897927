import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { type Db, type Rate, type Tx, takeRate } from '@porthole/db';
import { SignInWaitError } from './auth-error.ts';

/** Failed tries for one account: the wait grows from at most a minute to at most a quarter of an hour. */
export const ACCOUNT_LIMITS = [
  { windowS: 60, max: 5 },
  { windowS: 900, max: 10 },
] as const;
/** Failed tries from one address (security.md §9). */
export const ADDRESS_LIMITS = [{ windowS: 900, max: 50 }] as const;

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
}

interface Tried {
  email: string;
  ip: string | null;
}

/**
 * Counts a try before anything is looked up or hashed. Nobody who is signed in notices: the limit is on signing in
 * alone, so no stranger can lock an account's owner out of a living session.
 *
 * @throws SignInWaitError `auth/wait`, alike for accounts that exist and those that don't
 */
export async function takeSignInTry({ db }: Deps, tried: Tried): Promise<void> {
  await db.withoutTenant(async (tx) => {
    for (const limit of limitsFor(tried)) {
      const retryAfterS = await takeRate(tx, limit);
      if (retryAfterS !== null) throw new SignInWaitError(retryAfterS, { key: limit.key });
    }
  });
}

/** A try that succeeded was none: only failed ones count. */
export async function giveBackSignInTry(tx: Tx, tried: Tried): Promise<void> {
  for (const { key, windowS } of limitsFor(tried))
    await tx.$queryRaw`SELECT rate_give_back(${key}, ${windowS}::int)::text`;
}

function limitsFor({ email, ip }: Tried): Rate[] {
  // The counter's key says nothing about who was tried to whoever reads that table.
  const account = createHash('sha256').update(email).digest('hex').slice(0, 32);
  return [
    ...ACCOUNT_LIMITS.map((limit) => ({ key: `sign-in:account:${limit.windowS}:${account}`, ...limit })),
    ...ADDRESS_LIMITS.map((limit) => ({ key: `sign-in:address:${sourceOf(ip)}`, ...limit })),
  ];
}

/** An IPv4 address; of IPv6 the network of 64 bits, since each line at home has as many addresses as it likes. */
export function sourceOf(ip: string | null): string {
  const [address = ''] = (ip ?? '').split('%');
  if (isIP(address) !== 6) return address === '' ? 'unknown' : address;
  // The parser of URLs writes every form of an address as one.
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  if (plain.startsWith('::ffff:')) return plain;
  const [front = '', back] = plain.split('::');
  const groups = front === '' ? [] : front.split(':');
  const last = back === undefined || back === '' ? [] : back.split(':');
  const zeros = Array<string>(8 - groups.length - last.length).fill('0');
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
