import { type AllotmentRule, type AllottedVm, compileAllotment } from '@porthole/rbac';
import type { StoredVm } from './stored-rows.ts';

/** The rules of one pool at one moment. */
export interface Allotment {
  readonly rules: readonly AllotmentRule[];
  /** `pool.allotment_version` when they were read, or before: who judges by older rules is told so (migration 0017). */
  readonly version: number;
}

/** A machine whose holder is not the one that hand and rules say. */
export interface VmMove {
  readonly vmId: string;
  readonly uuid: string;
  readonly toTenantId: string;
}

/** Judges the machines of one pool by its rules. */
export class Allotter {
  readonly version: number;
  readonly #holderOf: ReturnType<typeof compileAllotment>;

  constructor({ rules, version }: Allotment, ownerTenantId: string) {
    this.version = version;
    this.#holderOf = compileAllotment(rules, ownerTenantId);
  }

  /** Who holds a machine that is seen for the first time: no hand has touched it. */
  firstHolder(vm: Omit<AllottedVm, 'handTenantId'>): string {
    return this.#holderOf({ ...vm, handTenantId: null }).holderTenantId;
  }

  /** What has to move. A machine that is gone stays with whom it was until it comes back. */
  moves(vms: Iterable<StoredVm>): VmMove[] {
    const moves: VmMove[] = [];
    for (const vm of vms) {
      if (vm.goneAt !== null || vm.byHand) continue;
      const toTenantId = this.firstHolder(vm);
      if (toTenantId !== vm.holderTenantId) moves.push({ vmId: vm.id, uuid: vm.uuid, toTenantId });
    }
    return moves;
  }
}
