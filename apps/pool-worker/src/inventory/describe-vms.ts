import { locationJudge, type OpaqueRef } from '@porthole/xenapi';
import { type MappedVm, mapVm, type VmFacts, type VmParts } from './map-vm.ts';
import type { PoolModel } from './pool-model.ts';

export interface DescribedVms {
  readonly now: Map<string, VmFacts | null>;
  readonly rejected: readonly RejectedLocation[];
}

export interface RejectedLocation {
  readonly vmUuid: string;
  readonly vmName: string;
  readonly consoleUuid: string;
  readonly location: string;
}

/**
 * Machines as the model describes them, by uuid; null for those that are not to be listed.
 * @param refs which ones, or 'all'
 * @param poolAddresses every address under which members are known, for the check of console locations
 */
export function describeVms(
  model: PoolModel,
  refs: Iterable<OpaqueRef> | 'all',
  poolAddresses: readonly string[],
): DescribedVms {
  const now = new Map<string, VmFacts | null>();
  const rejected: RejectedLocation[] = [];
  const judgeLocation = locationJudge(poolAddresses);
  for (const ref of refs === 'all' ? model.tables.VM.keys() : refs) {
    const record = model.tables.VM.get(ref);
    if (record === undefined) continue;
    const mapped = mapOne(model, record, judgeLocation);
    now.set(record.uuid, mapped?.facts ?? null);
    for (const { consoleUuid, location } of mapped?.rejectedLocations ?? []) {
      rejected.push({ vmUuid: record.uuid, vmName: mapped?.facts.name ?? '', consoleUuid, location });
    }
  }
  return { now, rejected };
}

type VmRecord = NonNullable<ReturnType<PoolModel['tables']['VM']['get']>>;

function mapOne(
  { tables }: PoolModel,
  vm: VmRecord,
  judgeLocation: VmParts['judgeLocation'],
): MappedVm | null {
  const at = <T>(table: ReadonlyMap<OpaqueRef, T>, ref: OpaqueRef | null) =>
    ref === null ? undefined : table.get(ref);
  return mapVm(vm, {
    metrics: at(tables.VM_metrics, vm.metrics),
    guestMetrics: at(tables.VM_guest_metrics, vm.guest_metrics),
    consoles: vm.consoles.flatMap((ref) => {
      const record = tables.console.get(ref);
      return record === undefined ? [] : [{ ref, record }];
    }),
    residentHost: at(tables.host, vm.resident_on),
    judgeLocation,
  });
}
