import { loadFacts } from '@porthole/authority';
import type { Tx } from '@porthole/db';
import type { Actor } from '../actor.ts';

/** All that is true of the actor in their organisation now, by the database's clock. */
export function factsOf(tx: Tx, actor: Pick<Actor, 'tenantId' | 'personId' | 'loginSessionId'>) {
  const { tenantId, personId, loginSessionId } = actor;
  return loadFacts(tx, { tenantId, personId, loginSessionId });
}
