import type { Tx } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import type { AllotmentRule } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';

/** A machine of the pool with what decides who holds it. */
export interface PoolMachine {
  id: string;
  name: string;
  tags: string[];
  folder: string;
  isControlDomain: boolean;
  byHand: boolean;
  /** Who holds it now. */
  tenantId: string;
}

export const machineFields = {
  id: true,
  name: true,
  tags: true,
  folder: true,
  isControlDomain: true,
  byHand: true,
  tenantId: true,
} as const;

export interface LoadedAllotment {
  displayName: string;
  version: number;
  rules: AllotmentRule[];
  /** All of the pool that are there, by name. */
  machines: PoolMachine[];
}

/**
 * The rules and machines of a pool that the actor's organisation owns, for who may manage it. All others get the same answers as
 * for a pool that does not exist.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`, DbError
 */
export async function loadAllotment(tx: Tx, actor: Actor, poolId: string): Promise<LoadedAllotment> {
  await assertInTenant(tx, actor, 'pools.manage');
  const { tenantId } = actor;
  const pool = await tx.pool.findFirst({
    where: { tenantId, id: poolId, removedAt: null },
    select: { displayName: true, allotmentVersion: true },
  });
  if (pool === null) throw new NotFoundError('pool', { poolId });
  const rules = await tx.allotment.findMany({
    where: { tenantId, poolId },
    select: { kind: true, pattern: true, holderTenantId: true },
    orderBy: { position: 'asc' },
  });
  const machines = await tx.vm.findMany({
    where: { poolTenantId: tenantId, poolId, goneAt: null },
    select: machineFields,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return { displayName: pool.displayName, version: pool.allotmentVersion, rules, machines };
}
