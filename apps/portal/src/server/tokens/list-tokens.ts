import { ForbiddenError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { factsOf } from '../authority/facts-of.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { findTokens, type TokenRow } from './token-row.ts';

export const listTokensInput = z.strictObject({ ...inOrg });

/**
 * One's own tokens in the organisation, also while it is suspended.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listMyTokens({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<TokenRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    if (!facts.sessionAlive || facts.personDisabled) throw new ForbiddenError('session-ended');
    return findTokens(tx, actor, { personId: actor.personId }, facts.now);
  });
}

/**
 * Everybody's tokens.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listTokens({ db }: Pick<Deps, 'db'>, actor: Actor): Promise<TokenRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'people.manage');
    return findTokens(tx, actor, {}, facts.now);
  });
}
