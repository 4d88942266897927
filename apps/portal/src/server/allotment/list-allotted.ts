import type { AllotmentCause } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { searchSchema } from '../inputs.ts';
import { ofPool } from './draft.ts';
import { type Holder, holdersById } from './holders.ts';
import { loadAllotment, type PoolMachine } from './load-allotment.ts';
import { judge } from './plan-moves.ts';

/** Machines of one page of a list. */
export const PAGE = 100;

export const listAllottedInput = z.strictObject({
  ...ofPool,
  /** Words that all have to be in name, folder, tags or the holder's name. */
  q: searchSchema.optional(),
  cursor: z.number().int().nonnegative().max(1_000_000).nullish(),
});

export interface AllottedRow {
  id: string;
  name: string;
  tags: string[];
  folder: string;
  holder: Holder;
  because: AllotmentCause;
}

export interface AllottedPage {
  rows: AllottedRow[];
  total: number;
  nextCursor: number | null;
}

/**
 * The machines of a pool, who holds each, and why. Control domains are left out: they go nowhere.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`
 */
export async function listAllotted(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { id, q, cursor }: z.infer<typeof listAllottedInput>,
): Promise<AllottedPage> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const loaded = await loadAllotment(tx, actor, id);
    const judged = judge(loaded, { rules: loaded.rules, hands: new Map() }, actor.tenantId);
    const holderOf = await holdersById(
      tx,
      actor,
      judged.map(({ vm }) => vm.tenantId),
    );
    const words = (q ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const found = judged.filter(
      ({ vm, because }) => because !== 'control-domain' && has(words, vm, holderOf(vm.tenantId)),
    );
    const from = cursor ?? 0;
    return {
      rows: found.slice(from, from + PAGE).map(({ vm, because }) => ({
        id: vm.id,
        name: vm.name,
        tags: vm.tags,
        folder: vm.folder,
        holder: holderOf(vm.tenantId),
        because,
      })),
      total: found.length,
      nextCursor: from + PAGE < found.length ? from + PAGE : null,
    };
  });
}

function has(words: readonly string[], vm: PoolMachine, holder: Holder): boolean {
  if (words.length === 0) return true;
  const text = [vm.name, vm.folder, ...vm.tags, holder.name, holder.slug].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
