import { BuiltinGuest } from '../guest/builtin-guest.ts';
import { SerialFanOut } from '../guest/serial-fan-out.ts';
import type { PowerState } from '../pool-options.ts';
import type { PoolWorld, VmEntry } from './pool-world.ts';
import { DateTime, NULL_REF, newRef, stringsOf, type Value } from './values.ts';

/** xenapi.md §6: from which power states each operation is allowed, in the spelling of the error. */
export const ALLOWED_FROM: Readonly<Record<string, readonly PowerState[]>> = {
  start: ['Halted'],
  start_on: ['Halted'],
  clean_shutdown: ['Running'],
  clean_reboot: ['Running'],
  hard_shutdown: ['Running', 'Paused', 'Suspended'],
  hard_reboot: ['Running', 'Paused'],
  shutdown: ['Running', 'Paused', 'Suspended'],
  pause: ['Running'],
  unpause: ['Paused'],
  suspend: ['Running'],
  resume: ['Suspended'],
};

export function powerStateOf(world: PoolWorld, vm: VmEntry): PowerState {
  const state = world.db.field('VM', vm.ref, 'power_state');
  return state === 'Running' || state === 'Paused' || state === 'Suspended' ? state : 'Halted';
}

/** The machine comes up on a host: a new domain, new consoles. A suspended one continues where it stopped. */
export function bootVm(
  world: PoolWorld,
  vm: VmEntry,
  hostIndex: number,
  state: 'Running' | 'Paused' = 'Running',
) {
  const host = world.host(hostIndex);
  vm.guest?.freeze(state === 'Paused');
  if (vm.spec.text?.kind === 'unix') vm.serial ??= new SerialFanOut(vm.spec.text.path);
  const before = world.db.field('VM', vm.ref, 'resident_on');
  world.db.update('VM', vm.ref, {
    power_state: state,
    resident_on: host.ref,
    domid: world.nextDomid++,
    domarch: 'x86_64',
    consoles: createConsoles(world, vm, hostIndex),
  });
  const type = world.db.field('VM', vm.ref, 'domain_type') === 'pv' ? 'pv' : 'hvm';
  updateMetrics(world, vm, {
    start_time: new DateTime(Date.now()),
    current_domain_type: type,
    hvm: type === 'hvm',
  });
  refreshResidence(world, vm, before);
  refreshAllowedOperations(world, vm);
}

/** The built-in machine behind a VM, made when first asked for; null while the VM is off or has no need of one. */
export function guestOf(world: PoolWorld, vm: VmEntry): BuiltinGuest | null {
  const { screen, text } = vm.spec;
  const isBuiltin = [screen, text].some((side) => side === undefined || side?.kind === 'builtin');
  const state = powerStateOf(world, vm);
  if (vm.guest || !isBuiltin || state === 'Halted' || state === 'Suspended') return vm.guest;
  // The guest asks from within its shell; the machine obeys after the shell has answered.
  const soon = (act: () => void) => () =>
    void setImmediate(() => {
      if (!world.stopped && powerStateOf(world, vm) === 'Running') act();
    });
  vm.guest = new BuiltinGuest(vm.spec.name, {
    reboot: soon(() => restartVm(world, vm)),
    powerOff: soon(() => haltVm(world, vm, 'Halted')),
  });
  vm.guest.freeze(state === 'Paused');
  return vm.guest;
}

/** The machine's domain ends: tunnels get end of file and the console objects die (xenapi.md §4.7). */
export function haltVm(world: PoolWorld, vm: VmEntry, state: 'Halted' | 'Suspended'): void {
  destroyConsoles(world, vm);
  if (state === 'Halted') {
    vm.guest?.stop();
    vm.guest = null;
  } else vm.guest?.freeze(true);
  world.endTunnels((tunnel) => tunnel.vmRef === vm.ref);
  vm.serial?.stop();
  const resident = world.db.field('VM', vm.ref, 'resident_on');
  world.db.update('VM', vm.ref, {
    power_state: state,
    resident_on: NULL_REF,
    domid: -1,
    domarch: '',
    consoles: [],
  });
  updateMetrics(world, vm, { current_domain_type: 'unspecified', hvm: false });
  refreshResidence(world, vm, resident);
  refreshAllowedOperations(world, vm);
}

/** xenapi.md §4.7: a new domain in one step, so that Running may never be left in anybody's cache. */
export function restartVm(world: PoolWorld, vm: VmEntry): void {
  const hostIndex = residentIndex(world, vm);
  destroyConsoles(world, vm);
  vm.guest?.stop();
  vm.guest = null;
  world.endTunnels((tunnel) => tunnel.vmRef === vm.ref);
  vm.serial?.stop();
  bootVm(world, vm, hostIndex);
}

/** Pause keeps tunnels and consoles, the picture is frozen (xenapi.md §4.7). */
export function pauseVm(world: PoolWorld, vm: VmEntry, isPaused: boolean): void {
  vm.guest?.freeze(isPaused);
  world.db.update('VM', vm.ref, { power_state: isPaused ? 'Paused' : 'Running' });
  refreshAllowedOperations(world, vm);
}

/** xenapi.md §4.7: at the end of a migration tunnels end on the source, and the consoles are new ones. */
export function migrateVm(world: PoolWorld, vm: VmEntry, toHost: number): void {
  const host = world.host(toHost);
  const before = stringsOf(world.db.field('VM', vm.ref, 'consoles'));
  const from = world.db.field('VM', vm.ref, 'resident_on');
  world.db.update('VM', vm.ref, {
    resident_on: host.ref,
    domid: world.nextDomid++,
    consoles: createConsoles(world, vm, toHost),
  });
  for (const ref of before) world.db.delete('console', ref);
  world.endTunnels((tunnel) => tunnel.vmRef === vm.ref);
  refreshResidence(world, vm, from);
}

export function residentIndex(world: PoolWorld, vm: VmEntry): number {
  const ref = world.db.field('VM', vm.ref, 'resident_on');
  return world.hosts.find((host) => host.ref === ref)?.index ?? vm.spec.residentOn ?? 0;
}

/** xenapi.md §3.2: the advisory, strict view: without a guest agent the clean operations are left out. */
export function refreshAllowedOperations(world: PoolWorld, vm: VmEntry): void {
  const state = powerStateOf(world, vm);
  const row = world.db.get('VM', vm.ref);
  const isFixed = row?.fields.is_a_template === true || row?.fields.is_a_snapshot === true;
  const hasAgent = row?.fields.guest_metrics !== NULL_REF;
  const isHostConsole = row?.fields.is_control_domain === true;
  const operations = Object.entries(ALLOWED_FROM)
    .filter(
      ([operation, states]) => states.includes(state) && !(operation in (vm.spec.blockedOperations ?? {})),
    )
    .map(([operation]) => operation)
    .filter((operation) => hasAgent || !operation.startsWith('clean_'));
  const allowed = isHostConsole ? [] : isFixed ? ['clone', 'copy', 'export'] : [...operations, 'snapshot'];
  world.db.update('VM', vm.ref, { allowed_operations: allowed });
}

function createConsoles(world: PoolWorld, vm: VmEntry, hostIndex: number): Value[] {
  const refs: string[] = [];
  const isHostConsole = world.db.field('VM', vm.ref, 'is_control_domain') === true;
  const { screen, text, otherConfig } = vm.spec;
  // xenapi.md §3.2: presence of disable_pv_vnc, with any value, stops the rfb console.
  if (screen !== null && !('disable_pv_vnc' in (otherConfig ?? {}))) refs.push(console_('rfb'));
  if (text !== null) refs.push(console_('vt100'));
  // xenapi.md §3.3: the order is not fixed.
  return refs.toSorted();

  function console_(protocol: 'rfb' | 'vt100'): string {
    const ref = newRef();
    const uuid = newRef().slice('OpaqueRef:'.length);
    // xenapi.md §3.3: guests are born with ?uuid=, the control domain with ?ref=; no port in either.
    const query = isHostConsole ? `ref=${ref}` : `uuid=${uuid}`;
    const location = `https://${urlHost(world.host(hostIndex).address)}/console?${query}`;
    return world.add('console', { uuid, protocol, location, VM: vm.ref }, ref);
  }
}

/** An address as it stands in a URL. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function destroyConsoles(world: PoolWorld, vm: VmEntry): void {
  for (const ref of stringsOf(world.db.field('VM', vm.ref, 'consoles'))) world.db.delete('console', ref);
}

function updateMetrics(world: PoolWorld, vm: VmEntry, fields: Record<string, Value>): void {
  const ref = world.db.field('VM', vm.ref, 'metrics');
  if (typeof ref === 'string') {
    world.db.update('VM_metrics', ref, { ...fields, last_updated: new DateTime(Date.now()) });
  }
}

/** Keeps the hosts' lists of residents in step with where the VM is now. */
function refreshResidence(world: PoolWorld, vm: VmEntry, before: Value | undefined): void {
  const now = world.db.field('VM', vm.ref, 'resident_on');
  if (now === before) return;
  for (const host of [before, now]) {
    if (typeof host !== 'string' || host === NULL_REF) continue;
    const others = stringsOf(world.db.field('host', host, 'resident_VMs')).filter((ref) => ref !== vm.ref);
    world.db.update('host', host, { resident_VMs: host === now ? [...others, vm.ref] : others });
  }
}
