import type { Role } from '../pool-options.ts';
import { type HostEntry, type PoolWorld, ROLE_ORDER, type VmEntry } from './pool-world.ts';
import { DateTime, stringsOf } from './values.ts';

const GIB = 1024 ** 3;

/** What the pool's hosts and machines stand on: filled once, before machines are. */
export interface Hardware {
  readonly networkRef: string;
  readonly storageRef: string;
}

/** Storage that all hosts share, the pool's network, and the roles (xenapi.md §2.5, §3.5). */
export function seedHardware(world: PoolWorld): Hardware {
  const networkRef = world.add('network', {
    uuid: world.uuidFor('network', '0'),
    name_label: 'Pool-wide network associated with eth0',
    bridge: 'xenbr0',
  });
  const storageRef = world.add('SR', {
    uuid: world.uuidFor('sr', 'shared'),
    name_label: 'Shared storage',
    name_description: 'NFS SR [192.0.2.40:/export]',
    type: 'nfs',
    shared: true,
    physical_size: 4096 * GIB,
    physical_utilisation: 1024 * GIB,
  });
  world.add('SR', {
    uuid: world.uuidFor('sr', 'tools'),
    name_label: 'XCP-ng Tools',
    type: 'iso',
    content_type: 'iso',
    shared: true,
    is_tools_sr: true,
  });
  seedRoles(world);
  return { networkRef, storageRef };
}

/** The management interface of a host and its way to the storage. */
export function seedHostHardware(
  world: PoolWorld,
  host: HostEntry,
  { networkRef, storageRef }: Hardware,
): void {
  const metrics = world.add('PIF_metrics', {
    uuid: world.uuidFor('pif_metrics', host.hostname),
    last_updated: new DateTime(Date.now()),
  });
  const pif = world.add('PIF', {
    uuid: world.uuidFor('pif', host.hostname),
    network: networkRef,
    host: host.ref,
    IP: host.address.includes(':') ? '' : host.address,
    IPv6: host.address.includes(':') ? [`${host.address}/64`] : [],
    MAC: macOf(world.uuidFor('pif-mac', host.hostname)),
    metrics,
  });
  const pbd = world.add('PBD', {
    uuid: world.uuidFor('pbd', host.hostname),
    host: host.ref,
    SR: storageRef,
    device_config: { server: '192.0.2.40', serverpath: '/export' },
  });
  world.db.update('host', host.ref, { PIFs: [pif], PBDs: [pbd] });
  append(world, 'network', networkRef, 'PIFs', pif);
  append(world, 'SR', storageRef, 'PBDs', pbd);
}

/** The network card and the disk of a machine. */
export function seedVmHardware(
  world: PoolWorld,
  vm: VmEntry,
  seed: readonly string[],
  { networkRef, storageRef }: Hardware,
  isAttached: boolean,
): void {
  const vif = world.add('VIF', {
    uuid: world.uuidFor('vif', ...seed),
    network: networkRef,
    VM: vm.ref,
    MAC: macOf(vm.uuid),
    currently_attached: isAttached,
  });
  const vdi = world.add('VDI', {
    uuid: world.uuidFor('vdi', ...seed),
    name_label: `${vm.spec.name} 0`,
    SR: storageRef,
    virtual_size: 10 * GIB,
    physical_utilisation: 4 * GIB,
  });
  const vbd = world.add('VBD', {
    uuid: world.uuidFor('vbd', ...seed),
    VM: vm.ref,
    VDI: vdi,
    currently_attached: isAttached,
  });
  world.db.update('VDI', vdi, { VBDs: [vbd] });
  world.db.update('VM', vm.ref, { VIFs: [vif], VBDs: [vbd] });
}

function seedRoles(world: PoolWorld): void {
  const refs = new Map<Role, string>();
  for (const name of ROLE_ORDER) {
    const ref = world.add('role', {
      uuid: world.uuidFor('role', name),
      name_label: name,
      name_description: `The ${name} role`,
    });
    refs.set(name, ref);
  }
  for (const { username, role } of world.accounts.slice(1)) {
    world.add('subject', {
      uuid: world.uuidFor('subject', username),
      subject_identifier: `S-1-5-21-${Number.parseInt(world.uuidFor('sid', username).slice(0, 8), 16)}`,
      other_config: { 'subject-name': username },
      roles: [refs.get(role) ?? ''],
    });
  }
}

function append(world: PoolWorld, className: string, ref: string, field: string, item: string): void {
  world.db.update(className, ref, { [field]: [...stringsOf(world.db.field(className, ref, field)), item] });
}

function macOf(uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  // Locally administered and not multicast.
  return ['02', ...[0, 2, 4, 6, 8].map((at) => hex.slice(at, at + 2))].join(':');
}
