import type { Tx } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import type { Actor } from '../actor.ts';
import type { AllotmentDraft } from './draft.ts';
import { holderIds } from './holders.ts';
import type { LoadedAllotment } from './load-allotment.ts';
import type { ResolvedDraft } from './plan-moves.ts';

/**
 * The draft with organisations by id, for machines that are there and may be given away.
 *
 * @throws AppError `allotment/changed-meanwhile`, `pool/unknown-holder`, `allotment/control-domain`; NotFoundError `vm/not-found`
 */
export async function resolveDraft(
  tx: Tx,
  actor: Actor,
  { machines, version }: LoadedAllotment,
  draft: AllotmentDraft,
): Promise<ResolvedDraft> {
  if (draft.version !== version)
    throw new AppError({
      code: 'allotment/changed-meanwhile',
      publicMessage:
        'Somebody changed the rules or moved machines meanwhile. Nothing was moved; what you wrote is kept.',
      details: { made: draft.version, now: version },
    });
  const slugs = [...draft.rules, ...draft.hands].flatMap(({ holder }) => holder ?? []);
  const idOf = await holderIds(tx, actor, slugs);
  const known = new Map(machines.map((vm) => [vm.id, vm]));
  const hands = draft.hands.map(({ vmId, holder }) => {
    const vm = known.get(vmId);
    if (vm === undefined) throw new NotFoundError('vm', { vmId });
    if (vm.isControlDomain)
      throw new AppError({
        code: 'allotment/control-domain',
        publicMessage: `${vm.name} is a host’s own console and stays with the pool’s owner.`,
        details: { vmId },
      });
    return [vmId, holder === null ? null : idOf(holder)] as const;
  });
  return {
    rules: draft.rules.map(({ kind, pattern, holder }) => ({
      kind,
      pattern,
      holderTenantId: idOf(holder),
    })),
    hands: new Map(hands),
  };
}
