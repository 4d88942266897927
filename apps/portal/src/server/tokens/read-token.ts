import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import { digestOfApiToken, sourceOf } from '@porthole/auth';
import { loadTokenFacts } from '@porthole/authority';
import { type Tx, translating } from '@porthole/db';
import { personStanding } from '@porthole/rbac';
import { z } from 'zod';
import type { ActingToken, SignedIn } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { actorIn, doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import { TokenRefusedError } from './token-error.ts';
import { REFUSALS_PER_IP, TOKEN_USE_NOTED_MS } from './token-limits.ts';
import { isTokenScope } from './token-scopes.ts';

type Deps = Pick<AllDeps, 'db'>;

/** Where a token comes from. */
interface From {
  ip: string | null;
  userAgent: string | null;
}

/** Who a working token acts for. */
export type TokenSignIn = SignedIn & { token: ActingToken };

const foundSchema = z.array(z.object({ tenantId: z.string(), tokenId: z.string() })).max(1);
const USER_AGENT_MAX = 300;

/**
 * Who acts by the token that a request shows, as they stand at this moment.
 *
 * @throws TokenRefusedError `token/refused` where it is malformed, unknown, ended or late, or its person may not act: they are
 *   disabled or no member, they or the organisation are locked, or the organisation is suspended; LimitError `rate/limited`
 *   where many such come from one address, or one network of IPv6
 */
export async function readToken(deps: Deps, shown: string, from: From): Promise<TokenSignIn> {
  const place = await findToken(deps, shown);
  if (place === null)
    return refuse(deps, from, { reason: digestOfApiToken(shown) ? 'unknown' : 'malformed' });
  const { tenantId, tokenId } = place;
  const read = await deps.db.withTenant(tenantId, async (tx) => {
    const row = await tx.apiToken.findFirst({
      where: { tenantId, id: tokenId },
      select: {
        name: true,
        personId: true,
        scopes: true,
        endedAt: true,
        endsAt: true,
        lastUsedAt: true,
        membership: { select: { person: { select: { name: true, email: true } } } },
      },
    });
    if (row === null) return null;
    const facts = await loadTokenFacts(tx, { tenantId, tokenId });
    const token: ActingToken = {
      id: tokenId,
      name: row.name,
      tenantId,
      scopes: row.scopes.filter(isTokenScope),
    };
    const { name: personName, email } = row.membership.person;
    const signedIn: TokenSignIn = {
      personId: row.personId,
      personName,
      email,
      loginSessionId: tokenId,
      token,
      lastInputAt: row.lastUsedAt ?? facts.now,
      factorAt: facts.factorAt,
      // Whoever holds a token has proved nothing about who they are.
      confirmedAt: null,
      ip: from.ip,
    };
    const reason = row.endedAt !== null ? 'ended' : row.endsAt <= facts.now ? 'late' : whyNot(facts);
    if (reason !== null) return { signedIn, reason };
    await noteUse(tx, signedIn, row.lastUsedAt, facts.now, from);
    return { signedIn, reason };
  });
  if (read === null) return refuse(deps, from, { reason: 'unknown' });
  const { signedIn, reason } = read;
  return reason === null ? signedIn : refuse(deps, from, { signedIn, reason });
}

/** Nothing acts for somebody who is locked, whatever the lock is of, as long as it may be of them. */
function whyNot(facts: Awaited<ReturnType<typeof loadTokenFacts>>): string | null {
  const standing = personStanding(facts);
  // What is missing there has words of its own, which lead on (`auth/factor-required`).
  if (standing !== null && standing !== 'factor-missing') return standing;
  return facts.locks.some(({ target }) => target.kind !== 'vm' && target.kind !== 'pool') ? 'locked' : null;
}

async function findToken({ db }: Deps, shown: string) {
  const digest = digestOfApiToken(shown);
  if (digest === null) return null;
  const rows = await db.withoutTenant((tx) =>
    translating(
      () => tx.$queryRaw`
        SELECT tenant_id::text AS "tenantId", token_id::text AS "tokenId" FROM api_token_find(${digest})`,
    ),
  );
  return foundSchema.parse(rows)[0] ?? null;
}

/** At most once a minute; the first time is an event. Of two first times at once one is. */
async function noteUse(
  tx: Tx,
  signedIn: TokenSignIn,
  lastUsedAt: Date | null,
  now: Date,
  { ip, userAgent }: From,
): Promise<void> {
  if (lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < TOKEN_USE_NOTED_MS) return;
  const { id, name, tenantId } = signedIn.token;
  const { count } = await tx.apiToken.updateMany({
    where: { tenantId, id, lastUsedAt },
    data: { lastUsedAt: now, lastUsedIp: ip },
  });
  if (lastUsedAt !== null || count === 0) return;
  await recordEvent(tx, tenantId, {
    action: 'token.used',
    ...doneBy(signedIn),
    target: { kind: 'token', id, name },
    data: { tokenId: id, name, userAgent: userAgent?.slice(0, USER_AGENT_MAX) ?? null },
  });
}

/** The database counts floods of these events instead of writing them out (architecture §4). */
async function refuse(
  deps: Deps,
  { ip }: From,
  { reason, signedIn }: { reason: string; signedIn?: TokenSignIn },
): Promise<never> {
  await assertRates(deps, [{ key: `token.refused:from:${sourceOf(ip)}`, ...REFUSALS_PER_IP }]);
  if (signedIn === undefined)
    await deps.db.withoutTenant((tx) =>
      recordEvent(tx, PLATFORM_CHAIN, {
        action: 'token.refused',
        outcome: 'refused',
        actor: { personId: null, name: '', kind: 'person' },
        ip,
        data: { reason },
      }),
    );
  else {
    const { id, name, tenantId } = signedIn.token;
    await deps.db.withTenant(tenantId, (tx) =>
      recordEvent(tx, tenantId, {
        action: 'token.refused',
        outcome: 'refused',
        actor: actorIn(signedIn),
        target: { kind: 'token', id, name },
        ip,
        data: { tokenId: id, name, reason },
      }),
    );
  }
  throw new TokenRefusedError();
}
