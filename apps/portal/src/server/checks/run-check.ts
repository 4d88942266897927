import { randomUUID } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import { CHECK_LIMITS } from '@porthole/check-contract';
import type { Tx } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { changePool } from '../pools/managed-pool.ts';
import { assertRates } from '../rate.ts';

/** The whole pool, or one host or machine of it. */
export const runCheckInput = z
  .strictObject({ ...inOrg, id: z.uuid(), hostId: z.uuid().optional(), vmId: z.uuid().optional() })
  .refine(({ hostId, vmId }) => hostId === undefined || vmId === undefined);
type Input = z.infer<typeof runCheckInput>;

/**
 * Asks for a check. A pool has one at a time: who asks while one is under way gets that one.
 *
 * @throws as `changePool`; NotFoundError `host/not-found`, `vm/not-found`; AppError `check/paused`; LimitError `rate/limited`
 */
export async function runCheck(
  deps: Pick<AllDeps, 'db'>,
  actor: Actor,
  input: Input,
): Promise<{ runId: string }> {
  const { tenantId } = actor;
  await deps.db.withTenant(tenantId, (tx) => assertInTenant(tx, actor, 'pools.manage'));
  await assertRates(deps, [
    { key: `check.run:pool:${tenantId}:${input.id}`, windowS: 600, max: CHECK_LIMITS.perTenMinutes },
  ]);
  return changePool(deps, actor, input.id, async (tx, pool) => {
    const target = await targetOf(tx, tenantId, input, pool.displayName);
    if (pool.state === 'paused')
      throw new AppError({
        code: 'check/paused',
        publicMessage: 'This pool is paused, so nothing is tried there. Resume it, then run checks.',
      });
    // The pool's row is locked: nobody else asks between these two.
    const open = await tx.checkRun.findFirst({
      where: { tenantId, poolId: pool.id, finishedAt: null },
      select: { id: true },
    });
    if (open !== null) return { runId: open.id };
    const runId = randomUUID();
    // Raw: times and states are the database's own word (migration 0018).
    await tx.$executeRaw`INSERT INTO check_run (tenant_id, id, pool_id, host_id, vm_id, target_name, person_id, person_name)
      VALUES (${tenantId}::uuid, ${runId}::uuid, ${pool.id}::uuid, ${input.hostId ?? null}::uuid,
        ${input.vmId ?? null}::uuid, ${target.name}, ${actor.personId}::uuid, ${actor.personName})`;
    await recordEvent(tx, tenantId, {
      action: 'check.asked',
      ...doneBy(actor),
      target,
      data: { runId },
    });
    return { runId };
  });
}

/** A host or machine of another pool is as absent as one that was never there. */
async function targetOf(tx: Tx, tenantId: string, { id, hostId, vmId }: Input, poolName: string) {
  if (vmId !== undefined) {
    const vm = await tx.vm.findFirst({
      where: { poolTenantId: tenantId, poolId: id, id: vmId, goneAt: null },
      select: { name: true },
    });
    if (vm === null) throw new NotFoundError('vm', { vmId });
    return { kind: 'vm', id: vmId, name: vm.name } as const;
  }
  if (hostId === undefined) return { kind: 'pool', id, name: poolName } as const;
  const host = await tx.host.findFirst({
    where: { tenantId, poolId: id, id: hostId },
    select: { name: true },
  });
  if (host === null) throw new NotFoundError('host', { hostId });
  return { kind: 'pool', id, name: host.name } as const;
}
