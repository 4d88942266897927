import type { PoolWorld, VmEntry } from '../model/pool-world.ts';
import { Float, mapOf } from '../model/values.ts';
import {
  ALLOWED_FROM,
  bootVm,
  haltVm,
  pauseVm,
  powerStateOf,
  residentIndex,
  restartVm,
} from '../model/vm-lifecycle.ts';
import type { PowerHooks, PowerState, Role } from '../pool-options.ts';
import { ApiError } from './api-error.ts';
import { type Call, type MethodTable, textParameter } from './method.ts';
import { rowOf } from './record-methods.ts';
import { isCancelling, setBoth } from './task-methods.ts';

interface Operation {
  /** Parameters after the VM. */
  parameters: readonly string[];
  role: Role;
  /** The state to which it leads. */
  target: PowerState;
  /** What the real machine behind the VM is told, if there is one. */
  hook(hooks: PowerHooks): Promise<void>;
  /** What the pool's own books then say. */
  apply(world: PoolWorld, vm: VmEntry, call: Call): void;
}

const start: Operation = {
  parameters: ['start_paused', 'force'],
  role: 'vm-operator',
  target: 'Running',
  hook: (hooks) => hooks.start(),
  apply: (world, vm, call) =>
    bootVm(world, vm, residentIndex(world, vm), call.parameters[1] ? 'Paused' : 'Running'),
};
const halt: Operation = {
  parameters: [],
  role: 'vm-operator',
  target: 'Halted',
  hook: (hooks) => hooks.shutdown(),
  apply: (world, vm) => {
    haltVm(world, vm, 'Halted');
    // xenapi.md §6: a shutdown switches high availability off for the machine.
    world.db.update('VM', vm.ref, { ha_restart_priority: '' });
  },
};
const reboot: Operation = {
  parameters: [],
  role: 'vm-operator',
  target: 'Running',
  hook: (hooks) => hooks.reboot(),
  apply: (world, vm) => restartVm(world, vm),
};

/** xenapi.md §6, the table of calls and roles. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  start,
  start_on: {
    ...start,
    parameters: ['host', 'start_paused', 'force'],
    role: 'vm-power-admin',
    apply: (world, vm, call) => {
      const host = hostParameter(call);
      bootVm(world, vm, host, call.parameters[2] ? 'Paused' : 'Running');
    },
  },
  clean_shutdown: halt,
  hard_shutdown: halt,
  shutdown: halt,
  clean_reboot: reboot,
  hard_reboot: reboot,
  pause: {
    parameters: [],
    role: 'vm-operator',
    target: 'Paused',
    hook: (hooks) => hooks.pause(),
    apply: (world, vm) => pauseVm(world, vm, true),
  },
  unpause: {
    parameters: [],
    role: 'vm-operator',
    target: 'Running',
    hook: (hooks) => hooks.unpause(),
    apply: (world, vm) => pauseVm(world, vm, false),
  },
  suspend: {
    parameters: [],
    role: 'vm-operator',
    target: 'Suspended',
    hook: (hooks) => hooks.pause(),
    apply: (world, vm) => haltVm(world, vm, 'Suspended'),
  },
  resume: {
    parameters: ['start_paused', 'force'],
    role: 'vm-operator',
    target: 'Running',
    hook: (hooks) => hooks.unpause(),
    apply: (world, vm, call) =>
      bootVm(world, vm, residentIndex(world, vm), call.parameters[1] ? 'Paused' : 'Running'),
  },
};

/** Power operations, plain and with the prefix `Async.` (xenapi.md §6). */
export function addPowerMethods(table: MethodTable): void {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    setBoth(table, `VM.${name}`, {
      parameters: ['vm', ...operation.parameters],
      role: operation.role,
      check: vmOf,
      run: async (call, task) => {
        await perform(call, vmOf(call), name, operation, task);
        return '';
      },
    });
  }
}

async function perform(
  call: Call,
  vm: VmEntry,
  name: string,
  operation: Operation,
  task: string,
): Promise<void> {
  const { world } = call;
  const isOvertaking = check(world, vm, name);
  setOperation(world, vm, task, name);
  try {
    for (const progress of [0.5, 0.9]) {
      if (!isOvertaking) await whilePossible(world, vm, name, task, world.operationMs / 2);
      world.db.update('task', task, { progress: new Float(progress) });
    }
    if (isCancelling(world, task)) throw new ApiError('TASK_CANCELLED', [task]);
    if (world.stopped) throw new ApiError('INTERNAL_ERROR', ['the host is shutting down']);
    // The guest may have gone there by itself meanwhile, or a hard operation may have overtaken this one.
    const isAllowed = ALLOWED_FROM[name]?.includes(powerStateOf(world, vm));
    if (!isAllowed && powerStateOf(world, vm) === operation.target) return;
    checkPowerState(world, vm, name);
    if (vm.spec.power) await operation.hook(vm.spec.power);
    operation.apply(world, vm, call);
  } finally {
    setOperation(world, vm, task, null);
  }
}

/** Waits for the time, or until the task is cancelled, the VM has changed its state, or the pool stops. */
function whilePossible(world: PoolWorld, vm: VmEntry, name: string, task: string, ms: number): Promise<void> {
  const isOver = () =>
    world.stopped || isCancelling(world, task) || !ALLOWED_FROM[name]?.includes(powerStateOf(world, vm));
  if (isOver()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      world.stopping.signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const unsubscribe = world.db.subscribe(() => isOver() && done());
    world.stopping.signal.addEventListener('abort', done);
  });
}

/**
 * xenapi.md §6, check order: blocked operations, power state, concurrent operation, template, snapshot, dom0.
 * @returns whether a hard operation overtakes one that still runs
 */
function check(world: PoolWorld, vm: VmEntry, name: string): boolean {
  const fields = world.db.get('VM', vm.ref)?.fields ?? {};
  const blocked = mapOf(fields.blocked_operations)[name];
  if (blocked !== undefined) throw new ApiError('OPERATION_BLOCKED', [vm.ref, blocked]);
  checkPowerState(world, vm, name);
  const [other] = Object.entries(mapOf(fields.current_operations));
  // xenapi.md §6: the hard variants are allowed while other operations run; that is their purpose.
  if (other && !name.startsWith('hard_')) {
    throw new ApiError('OTHER_OPERATION_IN_PROGRESS', ['VM', vm.ref, other[1], other[0]]);
  }
  // A snapshot is marked as a template, too.
  if (fields.is_a_template === true && fields.is_a_snapshot !== true)
    throw new ApiError('VM_IS_TEMPLATE', [vm.ref, name]);
  if (fields.is_a_snapshot === true) throw new ApiError('VM_IS_SNAPSHOT', [vm.ref, name]);
  if (fields.is_control_domain === true) {
    throw new ApiError('OPERATION_NOT_ALLOWED', ['This operation is not allowed on a control domain']);
  }
  return other !== undefined;
}

function checkPowerState(world: PoolWorld, vm: VmEntry, name: string): void {
  const allowed = ALLOWED_FROM[name] ?? [];
  const state = powerStateOf(world, vm);
  if (allowed.includes(state)) return;
  // xenapi.md §7: lower case, expected may be a comma list.
  throw new ApiError('VM_BAD_POWER_STATE', [vm.ref, allowed.join(', ').toLowerCase(), state.toLowerCase()]);
}

export function setOperation(world: PoolWorld, vm: VmEntry, task: string, name: string | null): void {
  const { [task]: _gone, ...others } = mapOf(world.db.field('VM', vm.ref, 'current_operations'));
  world.db.update('VM', vm.ref, { current_operations: name ? { ...others, [task]: name } : others });
}

/** @throws ApiError HANDLE_INVALID */
export function vmOf(call: Call): VmEntry {
  const { ref } = rowOf(call, 'VM');
  const vm = call.world.vmByRef(ref);
  if (!vm) throw new ApiError('HANDLE_INVALID', ['VM', ref]);
  return vm;
}

export function hostParameter(call: Call): number {
  const ref = textParameter(call, 1, 'host');
  const host = call.world.hosts.find((entry) => entry.ref === ref);
  if (!host) throw new ApiError('HANDLE_INVALID', ['host', ref]);
  return host.index;
}
