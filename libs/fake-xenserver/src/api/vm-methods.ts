import { setTimeout as delay } from 'node:timers/promises';
import type { PoolWorld, VmEntry } from '../model/pool-world.ts';
import { DateTime, Float, mapOf, NULL_REF, stringsOf } from '../model/values.ts';
import { migrateVm, powerStateOf, refreshAllowedOperations, residentIndex } from '../model/vm-lifecycle.ts';
import { ApiError } from './api-error.ts';
import { type Call, type MethodTable, textParameter } from './method.ts';
import { hostParameter, setOperation, vmOf } from './power-methods.ts';
import { isCancelling, setBoth } from './task-methods.ts';

/** Snapshots and migration (xenapi.md §2.5, §4.7, §6). */
export function addVmMethods(table: MethodTable): void {
  setBoth(table, 'VM.snapshot', {
    parameters: ['vm', 'new_name', 'ignore_vdis?'],
    role: 'vm-power-admin',
    check: (call) => void textParameter(call, 1, 'new_name'),
    run: (call, task) =>
      during(call, 'snapshot', task, (vm) => snapshot(call.world, vm, textParameter(call, 1, 'new_name'))),
  });
  setBoth(table, 'VM.revert', {
    parameters: ['snapshot'],
    role: 'vm-power-admin',
    check: vmOf,
    run: async (call) => {
      const { ref } = vmOf(call);
      if (call.world.db.field('VM', ref, 'is_a_snapshot') !== true)
        throw new ApiError('REVERT_ONLY_ALLOWED_ON_SNAPSHOT');
      return '';
    },
  });
  setBoth(table, 'VM.pool_migrate', {
    parameters: ['vm', 'host', 'options'],
    role: 'vm-power-admin',
    check: hostParameter,
    run: (call, task) =>
      during(call, 'pool_migrate', task, (vm) => {
        const state = powerStateOf(call.world, vm);
        if (state !== 'Running')
          throw new ApiError('VM_BAD_POWER_STATE', [vm.ref, 'running', state.toLowerCase()]);
        if (hostParameter(call) !== residentIndex(call.world, vm))
          migrateVm(call.world, vm, hostParameter(call));
        return '';
      }),
  });
}

async function during(call: Call, name: string, task: string, act: (vm: VmEntry) => string): Promise<string> {
  const { world } = call;
  const vm = vmOf(call);
  const fields = world.db.get('VM', vm.ref)?.fields ?? {};
  const blocked = mapOf(fields.blocked_operations)[name];
  if (blocked !== undefined) throw new ApiError('OPERATION_BLOCKED', [vm.ref, blocked]);
  const [other] = Object.entries(mapOf(fields.current_operations));
  if (other) throw new ApiError('OTHER_OPERATION_IN_PROGRESS', ['VM', vm.ref, other[1], other[0]]);
  setOperation(world, vm, task, name);
  try {
    await delay(world.operationMs);
    world.db.update('task', task, { progress: new Float(0.7) });
    if (isCancelling(world, task)) throw new ApiError('TASK_CANCELLED', [task]);
    return act(vm);
  } finally {
    setOperation(world, vm, task, null);
  }
}

/** A VM like the other, that never runs (xenapi.md §10.30). */
function snapshot(world: PoolWorld, vm: VmEntry, name: string): string {
  const fields = world.db.get('VM', vm.ref)?.fields ?? {};
  const uuid = crypto.randomUUID();
  const ref = world.add('VM', {
    ...fields,
    uuid,
    name_label: name,
    is_a_snapshot: true,
    is_a_template: true,
    snapshot_of: vm.ref,
    snapshot_time: new DateTime(Date.now()),
    snapshots: [],
    power_state: 'Halted',
    resident_on: NULL_REF,
    consoles: [],
    VIFs: [],
    VBDs: [],
    domid: -1,
    current_operations: {},
  });
  const entry: VmEntry = {
    ref,
    uuid,
    spec: { name, snapshot: true },
    guest: null,
    serial: null,
    fault: null,
  };
  world.addVm(entry);
  refreshAllowedOperations(world, entry);
  const snapshots = [...stringsOf(fields.snapshots), ref];
  world.db.update('VM', vm.ref, { snapshots });
  return ref;
}
