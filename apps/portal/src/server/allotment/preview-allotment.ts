import type { Tx } from '@porthole/db';
import type { AllotmentCause } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps } from '../deps-type.ts';
import { assertRates } from '../rate.ts';
import { draftSchema, ofPool } from './draft.ts';
import { type Holder, holdersById } from './holders.ts';
import { PAGE } from './list-allotted.ts';
import { loadAllotment } from './load-allotment.ts';
import { fingerprintOf, judge, movesOf, type PlannedMove } from './plan-moves.ts';
import { resolveDraft } from './resolve-draft.ts';

export const previewAllotmentInput = z.strictObject({
  ...ofPool,
  draft: draftSchema,
  /** Where the page of the list begins. */
  cursor: z.number().int().nonnegative().max(1_000_000).nullish(),
});

/** Previews an organisation asks for in a minute: one for each change of a draft, and each reads the whole pool. */
export const PREVIEWS_PER_MINUTE = 120;

/** Who is hit, in numbers alone: who sits there is for their own organisation to know. */
export interface AllotmentHit {
  /** People at consoles of the machine now. */
  persons: number;
  /** Access given to it, which ends. */
  grants: number;
  /** Power operations that were not sent yet, which end without effect. */
  operations: number;
}

export interface MoveRow extends AllotmentHit {
  id: string;
  name: string;
  from: Holder;
  to: Holder;
  because: AllotmentCause;
}

export interface AllotmentPreview {
  /** Stands for all of this; who applies it says by it what was seen. */
  seen: string;
  total: number;
  /** Machines that somebody is at first, then by name. */
  rows: MoveRow[];
  nextCursor: number | null;
  /** From whom to whom, and how many. */
  ways: { from: Holder; to: Holder; machines: number }[];
  /** Over all that moves. */
  hit: AllotmentHit;
}

const impactSchema = z.array(
  z.object({ vm_id: z.uuid(), persons: z.number(), grants: z.number(), operations: z.number() }),
);
const NOBODY: AllotmentHit = { persons: 0, grants: 0, operations: 0 };

/**
 * Exactly what a draft would move, from whom to whom, and who is hit by it now. Changes nothing.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`, `vm/not-found`, AppError `pool/unknown-holder`,
 *   `allotment/control-domain`, `allotment/changed-meanwhile`, LimitError `rate/limited`
 */
export async function previewAllotment(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id, draft, cursor }: z.infer<typeof previewAllotmentInput>,
): Promise<AllotmentPreview> {
  await deps.db.withTenant(actor.tenantId, (tx) => assertInTenant(tx, actor, 'pools.manage'));
  await assertRates(deps, [
    { key: `allotment.preview:tenant:${actor.tenantId}`, windowS: 60, max: PREVIEWS_PER_MINUTE },
  ]);
  return deps.db.withTenant(actor.tenantId, async (tx) => {
    const loaded = await loadAllotment(tx, actor, id);
    const resolved = await resolveDraft(tx, actor, loaded, draft);
    const moves = movesOf(judge(loaded, resolved, actor.tenantId));
    const impact = await impactOf(tx, actor, id, moves);
    const hitOf = ({ vm }: PlannedMove) => impact.of.get(vm.id) ?? NOBODY;
    const holderOf = await holdersById(
      tx,
      actor,
      moves.flatMap(({ vm, toTenantId }) => [vm.tenantId, toTenantId]),
    );
    // Sorting is stable: those with nobody at them stay by name.
    const ordered = [...moves].sort((a, b) => hitOf(b).persons - hitOf(a).persons);
    const from = cursor ?? 0;
    return {
      seen: fingerprintOf(loaded, resolved, moves),
      total: moves.length,
      rows: ordered.slice(from, from + PAGE).map((move) => ({
        id: move.vm.id,
        name: move.vm.name,
        from: holderOf(move.vm.tenantId),
        to: holderOf(move.toTenantId),
        because: move.because,
        ...hitOf(move),
      })),
      nextCursor: from + PAGE < moves.length ? from + PAGE : null,
      ways: waysOf(moves).map((way) => ({
        from: holderOf(way.from),
        to: holderOf(way.to),
        machines: way.machines,
      })),
      hit: impact.all,
    };
  });
}

async function impactOf(
  tx: Tx,
  actor: Actor,
  poolId: string,
  moves: readonly PlannedMove[],
): Promise<{ of: ReadonlyMap<string, AllotmentHit>; all: AllotmentHit }> {
  if (moves.length === 0) return { of: new Map(), all: NOBODY };
  const ids = moves.map(({ vm }) => vm.id);
  const rows = impactSchema.parse(
    await tx.$queryRaw`SELECT * FROM allotment_impact(${actor.tenantId}::uuid, ${poolId}::uuid, ${ids}::uuid[])`,
  );
  const [counted] = z
    .array(z.object({ persons: z.number() }))
    .parse(
      await tx.$queryRaw`SELECT allotment_persons(${actor.tenantId}::uuid, ${poolId}::uuid, ${ids}::uuid[]) AS persons`,
    );
  const sum = (field: 'grants' | 'operations') => rows.reduce((total, row) => total + row[field], 0);
  return {
    of: new Map(rows.map(({ vm_id, ...hit }) => [vm_id, hit])),
    // Somebody at two of them is one person.
    all: { persons: counted?.persons ?? 0, grants: sum('grants'), operations: sum('operations') },
  };
}

function waysOf(moves: readonly PlannedMove[]): { from: string; to: string; machines: number }[] {
  const ways = new Map<string, { from: string; to: string; machines: number }>();
  for (const { vm, toTenantId } of moves) {
    const key = `${vm.tenantId} ${toTenantId}`;
    const way = ways.get(key) ?? { from: vm.tenantId, to: toTenantId, machines: 0 };
    ways.set(key, { ...way, machines: way.machines + 1 });
  }
  return [...ways.values()].sort((a, b) => b.machines - a.machines);
}
