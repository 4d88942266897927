import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { loadPolicy, type Policy } from './policy.ts';

export const readPolicyInput = z.strictObject({ ...inOrg });

export interface ReadPolicy extends Policy {
  /** Whether the one who reads it may change it. */
  mayChange: boolean;
}

/**
 * What the organisation decided about its consoles.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function readPolicy({ db }: Pick<AllDeps, 'db'>, actor: Actor): Promise<ReadPolicy> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'policy.read');
    const policy = await loadPolicy(tx, actor.tenantId);
    const mayChange = canInTenant(facts, 'policy.change').allowed;
    // Networks are for who looks after pools, and no part of what an auditor checks consoles by.
    return { ...policy, networks: mayChange ? policy.networks : [], mayChange };
  });
}
