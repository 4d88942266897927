import type { AllotmentKind } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { ofPool } from './draft.ts';
import { type Holder, holdersById } from './holders.ts';
import { loadAllotment } from './load-allotment.ts';
import { judge, movesOf } from './plan-moves.ts';

export const readAllotmentInput = z.strictObject({ ...ofPool });

export interface RuleRow {
  kind: AllotmentKind;
  pattern: string;
  holder: Holder;
  /** How many machines it decides about now. */
  machines: number;
}

export interface PoolAllotment {
  pool: string;
  owner: Holder;
  version: number;
  rules: RuleRow[];
  machines: number;
  byHand: number;
  /** Machines that no rule fits. */
  unruled: number;
  /** Machines that are not yet with whom the rules give them to, since the pool was away. */
  pending: number;
}

/**
 * The rules of a pool, in their order, and how many machines each decides about.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`
 */
export async function readAllotment(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { id }: z.infer<typeof readAllotmentInput>,
): Promise<PoolAllotment> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const loaded = await loadAllotment(tx, actor, id);
    const judged = judge(loaded, { rules: loaded.rules, hands: new Map() }, actor.tenantId);
    const holderOf = await holdersById(
      tx,
      actor,
      loaded.rules.map(({ holderTenantId }) => holderTenantId),
    );
    const because = (cause: unknown) => judged.filter((one) => one.because === cause).length;
    return {
      pool: loaded.displayName,
      owner: { slug: actor.slug, name: actor.tenantName },
      version: loaded.version,
      rules: loaded.rules.map(({ kind, pattern, holderTenantId }, place) => ({
        kind,
        pattern,
        holder: holderOf(holderTenantId),
        machines: because(place),
      })),
      machines: judged.length - because('control-domain'),
      byHand: because('hand'),
      unruled: because('no-rule'),
      pending: movesOf(judged).length,
    };
  });
}
