import { type LoadedFacts, loadFactsOfMany } from '@porthole/authority';
import type { Tx } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import type { Actor } from '../actor.ts';

/**
 * What is true of other members, as if they had just signed in with all that the organisation asks for: what they may do is
 * asked, not whether they are here.
 *
 * @returns facts by person; who does not exist is missing
 * @throws DbError
 */
export async function factsOfOthers(
  tx: Tx,
  { tenantId, loginSessionId }: Pick<Actor, 'tenantId' | 'loginSessionId'>,
  personIds: readonly string[],
): Promise<Map<string, LoadedFacts>> {
  const found = await loadFactsOfMany(tx, { tenantId, personIds, loginSessionId });
  for (const [id, facts] of found) found.set(id, { ...facts, sessionAlive: true, factorAt: facts.now });
  return found;
}

/** {@link factsOfOthers} of one. @throws NotFoundError `person/not-found`, DbError */
export async function factsOfOther(tx: Tx, actor: Actor, personId: string): Promise<LoadedFacts> {
  const facts = (await factsOfOthers(tx, actor, [personId])).get(personId);
  if (facts === undefined) throw new NotFoundError('person', { personId });
  return facts;
}
