import { assertConfirmed } from '@porthole/auth';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { beginAnew, changePool } from './managed-pool.ts';
import { accountFields, storeAccount } from './store-account.ts';

export const setPoolAccountInput = z.strictObject({ ...inOrg, id: z.uuid(), ...accountFields });

/**
 * Changes the account that Porthole signs in with, or its password after it was rotated at the pool. Open consoles stay: a
 * tunnel does not end with the session that opened it (xenapi.md §2.2).
 *
 * @throws as {@link changePool}; ConfirmFirstError `auth/confirm-first`
 */
export async function setPoolAccount(
  deps: Pick<Deps, 'db' | 'vaultPublicKey'>,
  actor: Actor,
  { id, username, password }: z.infer<typeof setPoolAccountInput>,
): Promise<{ changed: true }> {
  return changePool(deps, actor, id, async (tx, pool, now) => {
    assertConfirmed(actor, now);
    const { displayName, pin } = pool;
    await storeAccount(tx, deps, actor, { poolId: id, displayName, pin, username, password });
    await beginAnew(tx, actor, pool);
    return { changed: true };
  });
}
