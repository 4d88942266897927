import { loadFacts } from '@porthole/authority';
import type { Tx } from '@porthole/db';
import type { Facts } from '@porthole/rbac';
import type { Actor } from '../actor.ts';

/**
 * What is true of another member, as if they had just signed in with all that the organisation asks for: what they may do is
 * asked, not whether they are here.
 *
 * @throws NotFoundError `organisation/not-found`, DbError
 */
export async function factsOfOther(tx: Tx, actor: Actor, personId: string): Promise<Facts> {
  const { tenantId, loginSessionId } = actor;
  const facts = await loadFacts(tx, { tenantId, personId, loginSessionId });
  return { ...facts, sessionAlive: true, factorAt: facts.now };
}
