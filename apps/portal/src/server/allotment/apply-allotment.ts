import { recordEvent } from '@porthole/audit';
import { sqlStateOf, type Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { doneBy } from '../log/done-by.ts';
import { changePool } from '../pools/managed-pool.ts';
import { type AllotmentDraft, draftSchema, ofPool } from './draft.ts';
import { loadAllotment, machineFields } from './load-allotment.ts';
import { fingerprintOf, judge, movesOf, type PlannedMove, type ResolvedDraft } from './plan-moves.ts';
import { resolveDraft } from './resolve-draft.ts';

export const applyAllotmentInput = z.strictObject({
  ...ofPool,
  draft: draftSchema,
  /** What the preview was called by. */
  seen: z.string().regex(/^[\w-]{43}$/),
});

/** Machines of one transaction, and so the time for which the logs of those concerned wait for each other. */
export const MOVES_PER_TRANSACTION = 250;
/** Rules of one event: an event is 16 KiB at most. */
const RULES_PER_EVENT = 20;
/** The rules or hands are others by now (migration 0017). */
const CHANGED = 'PH412';

export interface AppliedAllotment {
  /** Machines that have another holder now. */
  moved: number;
  /** Of those that were seen: left where they were, since somebody changed rules or hands, or the pool the machine, meanwhile. */
  left: number;
  /** `pool.allotment_version` of the rules and hands as this left them. */
  version: number;
}

interface Asked {
  vm: string;
  to: string;
  hand?: boolean;
}

/**
 * Writes the rules and hands of a draft and moves what was seen in its preview: what would move otherwise by now is refused as
 * a whole, so nothing moves that nobody has seen. Rules and hands are one transaction; machines that rules move follow 250
 * at a time. Where that ends half way, the worker that watches the pool goes on with it: the rules stand.
 *
 * @throws AppError `allotment/changed-meanwhile`; as `previewAllotment`
 */
export async function applyAllotment(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id, draft, seen }: z.infer<typeof applyAllotmentInput>,
): Promise<AppliedAllotment> {
  const { moves, hands, resolved, version } = await changePool(deps, actor, id, async (tx) => {
    const loaded = await loadAllotment(tx, actor, id);
    const resolved = await resolveDraft(tx, actor, loaded, draft);
    const judged = judge(loaded, resolved, actor.tenantId);
    const planned = movesOf(judged);
    if (fingerprintOf(loaded, resolved, planned) !== seen)
      throw new AppError({
        code: 'allotment/changed-meanwhile',
        publicMessage:
          'What would move isn’t what you saw any more. Nothing was moved; look at the preview again.',
        details: { poolId: id },
      });
    await writeRules(tx, actor, id, loaded.rules, resolved.rules);
    const byHand = handsOf(judged, resolved);
    const moved = await allot(tx, actor, id, await versionOf(tx, actor, id), byHand);
    await tellRules(tx, actor, { id, name: loaded.displayName }, draft, planned.length);
    return {
      moves: planned.filter(({ vm }) => !resolved.hands.has(vm.id)),
      hands: moved,
      resolved,
      version: await versionOf(tx, actor, id),
    };
  });
  const moved = await moveByRules(deps, actor, id, version, resolved.rules, moves);
  return { moved: hands + moved, left: moves.length - moved, version };
}

/** @returns how many of them are with whom it was seen, whether we moved them or the worker was quicker */
async function moveByRules(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  poolId: string,
  version: number,
  rules: ResolvedDraft['rules'],
  moves: readonly PlannedMove[],
): Promise<number> {
  let moved = 0;
  for (let start = 0; start < moves.length; start += MOVES_PER_TRANSACTION) {
    const part = moves.slice(start, start + MOVES_PER_TRANSACTION);
    try {
      moved += await db.withTenant(actor.tenantId, async (tx) => {
        const due = await stillDue(tx, actor, poolId, rules, part);
        await allot(tx, actor, poolId, version, due);
        return due.length;
      });
    } catch (error) {
      if (sqlStateOf(error) !== CHANGED) throw error;
      break;
    }
  }
  return moved;
}

/**
 * Those that the rules still give to whom it was seen: since then the pool may have told another tag, folder or name of a
 * machine, and the worker judged by that. It writes machines under the pool's lock, so what is read here holds until the commit.
 */
async function stillDue(
  tx: Tx,
  { tenantId }: Actor,
  poolId: string,
  rules: ResolvedDraft['rules'],
  part: readonly PlannedMove[],
): Promise<Asked[]> {
  await tx.$queryRaw`SELECT 1 FROM pool WHERE tenant_id = ${tenantId}::uuid AND id = ${poolId}::uuid FOR UPDATE`;
  const machines = await tx.vm.findMany({
    where: { poolTenantId: tenantId, poolId, goneAt: null, id: { in: part.map(({ vm }) => vm.id) } },
    select: machineFields,
  });
  const now = judge({ machines }, { rules, hands: new Map() }, tenantId);
  const dueTo = new Map(now.map(({ vm, toTenantId }) => [vm.id, toTenantId]));
  return part
    .filter(({ vm, toTenantId }) => dueTo.get(vm.id) === toTenantId)
    .map(({ vm, toTenantId }) => ({ vm: vm.id, to: toTenantId }));
}

/** Nothing is written where nothing differs, so that a move by hand makes no noise about rules. */
async function writeRules(
  tx: Tx,
  { tenantId }: Actor,
  poolId: string,
  before: ResolvedDraft['rules'],
  after: ResolvedDraft['rules'],
): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await tx.allotment.deleteMany({ where: { tenantId, poolId } });
  await tx.allotment.createMany({
    data: after.map((rule, position) => ({ tenantId, poolId, position, ...rule })),
  });
}

function handsOf(judged: readonly PlannedMove[], { hands }: ResolvedDraft): Asked[] {
  return judged.flatMap(({ vm, toTenantId }) => {
    const hand = hands.get(vm.id);
    return hand === undefined ? [] : [{ vm: vm.id, to: toTenantId, hand: hand !== null }];
  });
}

/** Through the one door that ends what stood on the old holding. @returns how many have another holder now */
async function allot(
  tx: Tx,
  actor: Actor,
  poolId: string,
  version: number,
  asked: readonly Asked[],
): Promise<number> {
  if (asked.length === 0) return 0;
  const by = JSON.stringify(doneBy(actor).actor);
  const rows =
    await tx.$queryRaw`SELECT has_moved FROM vms_allot(${actor.tenantId}::uuid, ${poolId}::uuid, ${version}::int,
    ${JSON.stringify(asked)}::jsonb, ${by}::jsonb, ${actor.ip})`;
  const held = z.array(z.object({ has_moved: z.boolean() })).parse(rows);
  return held.filter((one) => one.has_moved).length;
}

async function versionOf(tx: Tx, { tenantId }: Actor, id: string): Promise<number> {
  const pool = await tx.pool.findFirst({ where: { tenantId, id }, select: { allotmentVersion: true } });
  return pool?.allotmentVersion ?? -1;
}

async function tellRules(
  tx: Tx,
  actor: Actor,
  pool: { id: string; name: string },
  { rules, hands }: AllotmentDraft,
  moves: number,
): Promise<void> {
  for (let first = 0; first === 0 || first < rules.length; first += RULES_PER_EVENT)
    await recordEvent(tx, actor.tenantId, {
      action: 'allotment.changed',
      ...doneBy(actor),
      target: { kind: 'pool', ...pool },
      data: {
        rules: rules.slice(first, first + RULES_PER_EVENT),
        first,
        total: rules.length,
        hands: hands.length,
        moves,
      },
    });
}
