import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertNew, assertSeen, pinSchema } from './confirmed-address.ts';
import { beginAnew, changePool } from './managed-pool.ts';
import { parsePoolAddress } from './pool-address.ts';
import { accountFields, storeAccount } from './store-account.ts';

export const movePoolInput = z.strictObject({
  ...inOrg,
  id: z.uuid(),
  address: z.string().trim().min(1).max(255),
  pin: pinSchema,
  ...accountFields,
});

/**
 * Points a pool at another address of its coordinator, or takes the certificate that it shows now. The password is typed
 * again: what was sealed belongs to the fingerprint before, so nobody can send it elsewhere by a change here (architecture §3).
 *
 * @throws as {@link changePool}; ConfirmFirstError `auth/confirm-first`; AppError `pool/address`, `pool/not-probed`, `pool/other-fingerprint`, `pool/known`
 */
export async function movePool(
  deps: Pick<Deps, 'db' | 'vaultPublicKey'>,
  actor: Actor,
  input: z.infer<typeof movePoolInput>,
): Promise<{ moved: true }> {
  const { id, pin, username, password } = input;
  const { address, port } = parsePoolAddress(input.address);
  return changePool(deps, actor, id, async (tx, pool, now) => {
    assertConfirmed(actor, now);
    await assertSeen(tx, actor, { address, port, pin }, now);
    await assertNew(tx, actor, { address, port }, id);
    await tx.pool.updateMany({ where: { tenantId: actor.tenantId, id }, data: { address, port, pin } });
    const { displayName } = pool;
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.moved',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: displayName },
      data: {
        before: { address: pool.address, port: pool.port, pin: pool.pin },
        after: { address, port, pin },
      },
    });
    await storeAccount(tx, deps, actor, { poolId: id, displayName, pin, username, password });
    await beginAnew(tx, actor, pool);
    return { moved: true };
  });
}
