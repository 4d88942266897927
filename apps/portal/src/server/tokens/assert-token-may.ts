import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { assertRates } from '../rate.ts';
import { callOf } from './calls.ts';
import { OutOfScopeError } from './token-error.ts';
import { CALLS_PER_TOKEN } from './token-limits.ts';

/**
 * Lets a token make the calls of its scopes, as often as tokens may, and no other: what is not said to be for tokens isn't.
 *
 * @throws OutOfScopeError `token/out-of-scope`; LimitError `rate/limited`
 */
export async function assertTokenMay(
  deps: Pick<Deps, 'db'>,
  { id, scopes }: NonNullable<SignedIn['token']>,
  path: string,
): Promise<void> {
  await assertRates(deps, [{ key: `token.call:${id}`, ...CALLS_PER_TOKEN }]);
  const call = callOf(path);
  if (call === null || call.scope === null || !scopes.includes(call.scope)) throw new OutOfScopeError(call);
}
