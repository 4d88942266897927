import { randomUUID } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { askWorker } from '@porthole/db';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema, nameSchema, slugSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertNew, assertSeen, pinSchema } from './confirmed-address.ts';
import { findHolders } from './find-holders.ts';
import { parsePoolAddress } from './pool-address.ts';
import { accountFields, storeAccount } from './store-account.ts';

export const addPoolInput = z.strictObject({
  ...inOrg,
  displayName: nameSchema(80),
  address: z.string().trim().min(1).max(255),
  pin: pinSchema,
  ...accountFields,
  /** Machines with the tag go to that organisation; the first that fits wins, the rest stay here. */
  allotments: z
    .array(z.strictObject({ tag: lineSchema(1, 100), holder: slugSchema }))
    .max(50)
    .optional(),
});
type Input = z.infer<typeof addPoolInput>;
type Deps = Pick<AllDeps, 'db' | 'vaultPublicKey'>;

/**
 * Adds a pool with its sealed password. The confirmed fingerprint must be the one that the worker saw at this very
 * address; the password is sealed to it and to this pool, so nobody can point it elsewhere later (architecture §3).
 *
 * @throws ForbiddenError `rbac/forbidden`; ConfirmFirstError `auth/confirm-first`; AppError `pool/address`, `pool/not-probed`, `pool/other-fingerprint`,
 *   `pool/known`, `pool/unknown-holder`
 */
export async function addPool(deps: Deps, actor: Actor, input: Input): Promise<{ poolId: string }> {
  const { address, port } = parsePoolAddress(input.address);
  const poolId = randomUUID();
  return deps.db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const { now } = await assertInTenant(tx, actor, 'pools.manage');
    assertConfirmed(actor, now);
    await assertSeen(tx, actor, { address, port, pin: input.pin }, now);
    await assertNew(tx, actor, { address, port });
    const holders = await findHolders(tx, actor, input.allotments ?? []);
    // Raw: Prisma would send the columns that are the worker's or the database's own (migration 0002).
    await tx.$executeRaw`INSERT INTO pool (tenant_id, id, display_name, address, port, pin, created_by)
      VALUES (${actor.tenantId}::uuid, ${poolId}::uuid, ${input.displayName}, ${address}, ${port}::int, ${input.pin},
        ${actor.personId}::uuid)`;
    await tx.allotment.createMany({
      data: holders.map(({ tag, holderTenantId }, position) => ({
        tenantId: actor.tenantId,
        poolId,
        position,
        kind: 'tag',
        pattern: tag,
        holderTenantId,
      })),
    });
    await askWorker(tx, { task: 'sync-pool', tenantId: actor.tenantId, poolId });
    const target = { kind: 'pool', id: poolId, name: input.displayName } as const;
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.added',
      ...doneBy(actor),
      target,
      data: { address, port, pin: input.pin },
    });
    const { displayName, pin, username, password } = input;
    await storeAccount(tx, deps, actor, { poolId, displayName, pin, username, password });
    return { poolId };
  });
}
