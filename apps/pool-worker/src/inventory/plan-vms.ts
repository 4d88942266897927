import { changedColumns } from './diff.ts';
import type { VmFacts } from './map-vm.ts';
import type { StoredVm, VmColumns } from './stored-rows.ts';

/** What has to be written so that the rows say what the pool says. */
export type VmChange =
  | { readonly kind: 'create'; readonly row: StoredVm }
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly uuid: string;
      readonly columns: Partial<VmColumns>;
    };

export interface PlanInput {
  readonly stored: ReadonlyMap<string, StoredVm>;
  /** Machines as the pool describes them now, by uuid; null for one that is no longer there, or hidden. */
  readonly now: ReadonlyMap<string, VmFacts | null>;
  readonly hostIdOf: (hostUuid: string) => string | null;
  /** Who holds a machine that is first seen. */
  readonly holderOf: (facts: VmFacts) => string;
  readonly at: Date;
  readonly newId: () => string;
}

/**
 * The difference between rows and pool. A machine that is gone keeps its row, since grants and history point at it; one that
 * comes back is the same machine. Who holds a known one is no column of it: that is moved through a door of its own (`move-vms.ts`).
 */
export function planVms(input: PlanInput): VmChange[] {
  const changes: VmChange[] = [];
  for (const [uuid, facts] of input.now) {
    const stored = input.stored.get(uuid);
    if (facts === null) {
      if (stored !== undefined && stored.goneAt === null) changes.push(gone(stored, input.at));
      continue;
    }
    const { residentHostUuid, ...same } = facts;
    const columns: VmColumns = {
      ...same,
      residentHostId: residentHostUuid === null ? null : input.hostIdOf(residentHostUuid),
      goneAt: null,
    };
    if (stored === undefined) {
      const holding = { holderTenantId: input.holderOf(facts), byHand: false };
      changes.push({ kind: 'create', row: { id: input.newId(), ...columns, ...holding } });
      continue;
    }
    const changed = changedColumns<VmColumns>(stored, columns);
    if (changed !== null) changes.push({ kind: 'update', id: stored.id, uuid, columns: changed });
  }
  return changes;
}

/** What a gone machine still shows is its name; nothing that a console could be dialled with is left. */
function gone(stored: StoredVm, at: Date): VmChange {
  const columns = {
    goneAt: at,
    operation: null,
    residentHostId: null,
    domid: null,
    screenConsoleRef: null,
    textConsoleRef: null,
    addresses: [],
  };
  return { kind: 'update', id: stored.id, uuid: stored.uuid, columns };
}
