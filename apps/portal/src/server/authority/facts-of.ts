import { loadFacts, loadTokenFacts } from '@porthole/authority';
import type { Tx } from '@porthole/db';
import type { Actor } from '../actor.ts';

/** All that is true of the actor in their organisation now, by the database's clock. */
export function factsOf(tx: Tx, actor: Pick<Actor, 'tenantId' | 'personId' | 'loginSessionId' | 'token'>) {
  const { tenantId, personId, loginSessionId, token } = actor;
  if (token !== undefined) return loadTokenFacts(tx, { tenantId, tokenId: token.id });
  return loadFacts(tx, { tenantId, personId, loginSessionId });
}
