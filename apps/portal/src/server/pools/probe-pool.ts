import { randomUUID } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import { askWorker } from '@porthole/db';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import { parsePoolAddress } from './pool-address.ts';

export const probePoolInput = z.strictObject({ ...inOrg, address: z.string().trim().min(1).max(255) });

/** Looks at an address a minute: enough to correct a typing error, too few to scan a network. */
export const PROBES_PER_MINUTE = 10;

/**
 * Asks the worker which certificate answers at an address, before anything secret exists.
 *
 * @throws ForbiddenError `rbac/forbidden`, AppError `pool/address`, LimitError `rate/limited`
 */
export async function probePool(
  deps: Pick<AllDeps, 'db'>,
  actor: Actor,
  input: z.infer<typeof probePoolInput>,
): Promise<{ probeId: string }> {
  await deps.db.withTenant(actor.tenantId, (tx) => assertInTenant(tx, actor, 'pools.manage'));
  const { address, port } = parsePoolAddress(input.address);
  await assertRates(deps, [
    { key: `pool.probe:tenant:${actor.tenantId}`, windowS: 60, max: PROBES_PER_MINUTE },
  ]);
  return deps.db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'pools.manage');
    const probeId = randomUUID();
    // Raw: Prisma would send created_at itself, and that column is the database's own word (migration 0002).
    await tx.$executeRaw`INSERT INTO pool_probe (tenant_id, id, address, port, requested_by)
      VALUES (${actor.tenantId}::uuid, ${probeId}::uuid, ${address}, ${port}::int, ${actor.personId}::uuid)`;
    await askWorker(tx, { task: 'probe-pool', tenantId: actor.tenantId, probeId });
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.probe',
      ...doneBy(actor),
      data: { probeId, address, port, fingerprint256: null, failure: null },
    });
    return { probeId };
  });
}
