import { recordEvent } from '@porthole/audit';
import { assertConfirmed, digestOfApiToken, newApiToken } from '@porthole/auth';
import { AppError, ForbiddenError } from '@porthole/errors';
import { isLocked, personStanding } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg, nameSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import { MAX_LIVE_TOKENS, TOKEN_MAX_MS, TOKENS_MADE } from './token-limits.ts';
import { TOKEN_SCOPES } from './token-scopes.ts';

export const makeTokenInput = z.strictObject({
  ...inOrg,
  name: nameSchema(60),
  scopes: z.array(z.enum(TOKEN_SCOPES)).min(1).max(TOKEN_SCOPES.length),
  endsAt: z.date(),
});

export interface MadeToken {
  tokenId: string;
  /** The token itself: shown this once, kept nowhere. */
  token: string;
}

/**
 * Makes a token by which a program acts for the actor in this organisation, with those scopes of what the actor may, until an
 * end.
 *
 * @throws ConfirmFirstError `auth/confirm-first`; ForbiddenError `rbac/forbidden`; LimitError `rate/limited`; AppError
 *   `token/past-end`, `token/too-long`, `token/too-many`
 */
export async function makeToken(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: Actor,
  { name, scopes: asked, endsAt }: z.infer<typeof makeTokenInput>,
): Promise<MadeToken> {
  const { tenantId, personId } = actor;
  assertConfirmed(actor, deps.clock());
  await assertRates(deps, [{ key: `token.make:person:${personId}`, ...TOKENS_MADE }]);
  const scopes = TOKEN_SCOPES.filter((scope) => asked.includes(scope));
  return deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await factsOf(tx, actor);
    const standing = personStanding(facts);
    if (standing !== null) throw new ForbiddenError(standing);
    // Or an account in the wrong hands would leave itself a way in for when the lock is lifted.
    if (isLocked(facts)) throw new ForbiddenError('locked');
    assertEnd(endsAt, facts.now);
    const live = await tx.apiToken.count({
      where: { tenantId, personId, endedAt: null, endsAt: { gt: facts.now } },
    });
    if (live >= MAX_LIVE_TOKENS)
      throw new AppError({
        code: 'token/too-many',
        publicMessage: `You have ${MAX_LIVE_TOKENS} API tokens here that work, which is the limit. End one first.`,
      });
    const token = newApiToken();
    const digest = digestOfApiToken(token.reveal());
    if (digest === null) throw new AppError({ code: 'token/unreadable' });
    // The time of its making is the database's own word.
    const { id } = await tx.apiToken.create({
      data: { tenantId, personId, name, digest, scopes, factorAt: facts.factorAt, endsAt },
      select: { id: true },
    });
    await recordEvent(tx, tenantId, {
      action: 'token.made',
      ...doneBy(actor),
      target: { kind: 'token', id, name },
      data: { tokenId: id, name, scopes, endsAt: endsAt.toISOString() },
    });
    return { tokenId: id, token: token.reveal() };
  });
}

function assertEnd(endsAt: Date, now: Date): void {
  if (endsAt <= now)
    throw new AppError({ code: 'token/past-end', publicMessage: 'That end has passed. Choose a later one.' });
  if (endsAt.getTime() - now.getTime() > TOKEN_MAX_MS)
    throw new AppError({
      code: 'token/too-long',
      publicMessage: 'An API token lasts a year at most. Choose a sooner end.',
    });
}
