import type { Tx } from '@porthole/db';
import { ForbiddenError } from '@porthole/errors';
import { canInTenant, type Facts, type TenantAct } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { factsOf } from './facts-of.ts';

/**
 * Lets the actor go on if their role carries the act.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function assertInTenant(tx: Tx, actor: Actor, act: TenantAct): Promise<Facts> {
  const facts = await factsOf(tx, actor);
  const decision = canInTenant(facts, act);
  if (!decision.allowed) throw new ForbiddenError(decision.reason, { act });
  return facts;
}
