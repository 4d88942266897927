import { can, type Facts, type PowerState, rightsOn } from '@porthole/rbac';
import { consoleChoices } from './console-choices.ts';
import type { Surroundings } from './load-surroundings.ts';
import type { MachineRow } from './machine.ts';

/** The columns that a list needs; console references stay on the server. */
export const machineFields = {
  id: true,
  uuid: true,
  tenantId: true,
  poolId: true,
  poolTenantId: true,
  name: true,
  tags: true,
  powerState: true,
  operation: true,
  crashedAt: true,
  startedAt: true,
  isControlDomain: true,
  screenSwitchedOff: true,
  screenConsoleRef: true,
  textConsoleRef: true,
  osName: true,
  addresses: true,
} as const;

/** A machine with those columns. */
export interface VmRow {
  id: string;
  uuid: string;
  tenantId: string;
  poolId: string;
  poolTenantId: string;
  name: string;
  tags: string[];
  powerState: PowerState;
  operation: string | null;
  crashedAt: Date | null;
  startedAt: Date | null;
  isControlDomain: boolean;
  screenSwitchedOff: boolean;
  screenConsoleRef: string | null;
  textConsoleRef: string | null;
  osName: string | null;
  addresses: string[];
}

/** A row as a person sees it, with their rights. */
export function toMachineRow(vm: VmRow, facts: Facts, { pools, seats }: Surroundings): MachineRow {
  const pool = pools.get(vm.poolId);
  const looking = can(facts, 'look', vm);
  const available = consoleChoices(vm).filter((choice) => choice.available);
  return {
    id: vm.id,
    uuid: vm.uuid,
    name: vm.name,
    powerState: vm.powerState,
    operation: vm.operation,
    crashedAt: vm.crashedAt,
    startedAt: vm.startedAt,
    tags: vm.tags,
    addresses: vm.addresses,
    osName: vm.osName,
    isControlDomain: vm.isControlDomain,
    rights: rightsOn(facts, vm),
    isLocked: !looking.allowed && looking.reason === 'locked',
    poolName: pool?.displayName ?? '',
    unknownSince: pool?.unknownSince ?? null,
    here: seats.get(vm.id) ?? [],
    screen: available.some((choice) => choice.kind === 'screen'),
    text: available.some((choice) => choice.kind === 'text'),
  };
}
