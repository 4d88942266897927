import { X509Certificate } from 'node:crypto';
import type { FakeVmSpec } from '../pool-options.ts';
import type { HostEntry, PoolWorld, VmEntry } from './pool-world.ts';
import { type Hardware, seedHardware, seedHostHardware, seedVmHardware } from './seed-hardware.ts';
import type { Fields } from './values.ts';
import { DateTime, NULL_REF } from './values.ts';
import { bootVm, haltVm, pauseVm, powerStateOf, refreshAllowedOperations } from './vm-lifecycle.ts';

const MIB = 1024 * 1024;
const INSTALLED_AT = Date.UTC(2024, 3, 20, 12, 0, 0);

/** xenapi.md §3.2: before domain_type an empty boot policy told a paravirtual machine. */
const PV_FIELDS: Fields = {
  domain_type: 'pv',
  HVM_boot_policy: '',
  HVM_boot_params: {},
  PV_bootloader: 'pygrub',
};

/** Fills the database: the pool, its hosts with their control domains and certificates, a network, the VMs. */
export function seedPool(world: PoolWorld): void {
  const hardware = seedHardware(world);
  world.poolRef = world.add('pool', {
    uuid: world.uuidFor('pool'),
    name_label: world.options.name,
    master: world.host(0).ref,
    default_SR: hardware.storageRef,
    suspend_image_SR: hardware.storageRef,
    ha_enabled: world.options.vms.some((spec) => spec.haRestartPriority !== undefined),
    limit_console_sessions: world.options.limitConsoleSessions ?? false,
  });
  for (const host of world.hosts) {
    seedHost(world, host);
    seedHostHardware(world, host, hardware);
  }
  world.options.vms.forEach((spec, at) => {
    seedVm(world, spec, at, hardware);
  });
}

/** The record of a host's certificate, from which members' pins are learned. */
export function recordCertificate(world: PoolWorld, host: HostEntry): void {
  const certificate = new X509Certificate(host.identity.certPem);
  if (host.certificateRef !== '') world.db.delete('Certificate', host.certificateRef);
  host.certificateRef = world.add('Certificate', {
    uuid: world.uuidFor('certificate', host.identity.fingerprint256),
    type: 'host',
    host: host.ref,
    not_before: new DateTime(Date.parse(certificate.validFrom)),
    not_after: new DateTime(Date.parse(certificate.validTo)),
    fingerprint: certificate.fingerprint256,
    fingerprint_sha256: certificate.fingerprint256,
    fingerprint_sha1: certificate.fingerprint,
  });
  world.db.update('host', host.ref, { certificates: [host.certificateRef] });
}

function seedHost(world: PoolWorld, host: HostEntry): void {
  const metrics = world.add('host_metrics', {
    uuid: world.uuidFor('host_metrics', host.hostname),
    memory_total: 64 * 1024 * MIB,
    memory_free: 32 * 1024 * MIB,
    last_updated: new DateTime(Date.now()),
  });
  world.add(
    'host',
    {
      uuid: host.uuid,
      name_label: host.hostname,
      name_description: 'Default install',
      hostname: host.hostname,
      address: host.address,
      metrics,
      software_version: {
        product_brand: 'XCP-ng',
        product_version: '8.3.0',
        product_version_text: '8.3',
        platform_name: 'XCP',
        platform_version: '3.4.0',
        xapi_build: '26.1.3',
        xapi: '26.1',
        xen: '4.17.5-15',
      },
    },
    host.ref,
  );
  recordCertificate(world, host);
  const spec: FakeVmSpec = {
    name: `Control domain on host: ${host.hostname}`,
    description: 'The domain which manages physical devices and manages other domains',
    residentOn: host.index,
    memoryMiB: 4096,
    vcpus: 4,
  };
  const entry = createVm(world, spec, ['dom0', host.hostname], {
    is_control_domain: true,
    domain_type: 'pv',
    HVM_boot_policy: '',
    other_config: { is_system_domain: 'true' },
  });
  world.db.update('host', host.ref, { control_domain: entry.ref });
  bootVm(world, entry, host.index);
  world.db.update('VM', entry.ref, { domid: 0 });
}

function seedVm(world: PoolWorld, spec: FakeVmSpec, at: number, hardware: Hardware): void {
  const isFixed = spec.template === true || spec.snapshot === true;
  const entry = createVm(world, spec, ['vm', spec.name, String(at)], {
    is_a_template: spec.template === true,
    is_a_snapshot: spec.snapshot === true,
    snapshot_time: new DateTime(spec.snapshot ? INSTALLED_AT : 0),
    guest_metrics: guestMetrics(world, spec, at),
    ...(spec.domainType === 'pv' ? PV_FIELDS : {}),
    ...(spec.haRestartPriority === undefined ? {} : { ha_restart_priority: spec.haRestartPriority }),
  });
  const isAttached = !isFixed && spec.powerState !== 'Halted';
  seedVmHardware(world, entry, [spec.name, String(at)], hardware, isAttached);
  const state = isFixed ? 'Halted' : (spec.powerState ?? 'Running');
  if (state === 'Halted') {
    refreshAllowedOperations(world, entry);
    return;
  }
  bootVm(world, entry, spec.residentOn ?? 0);
  if (state === 'Paused') pauseVm(world, entry, true);
  if (state === 'Suspended') haltVm(world, entry, 'Suspended');
}

function createVm(world: PoolWorld, spec: FakeVmSpec, seed: string[], more: Fields): VmEntry {
  const uuid = spec.uuid ?? world.uuidFor(...seed);
  const memory = (spec.memoryMiB ?? 1024) * MIB;
  const vcpus = spec.vcpus ?? 1;
  const metrics = world.add('VM_metrics', {
    uuid: world.uuidFor('metrics', ...seed),
    memory_actual: memory,
    VCPUs_number: vcpus,
    install_time: new DateTime(INSTALLED_AT),
  });
  const ref = world.add(
    'VM',
    {
      uuid,
      name_label: spec.name,
      name_description: spec.description ?? '',
      tags: spec.tags ?? [],
      memory_static_max: memory,
      memory_dynamic_max: memory,
      memory_dynamic_min: memory,
      memory_target: memory,
      VCPUs_max: vcpus,
      VCPUs_at_startup: vcpus,
      blocked_operations: spec.blockedOperations ?? {},
      other_config: spec.otherConfig ?? {},
      metrics,
      ...more,
    },
    `OpaqueRef:${world.uuidFor('ref', ...seed)}`,
  );
  const entry: VmEntry = { ref, uuid, spec, guest: null, serial: null, fault: null };
  world.addVm(entry);
  spec.power?.watch?.(() => {
    if (!world.stopped && powerStateOf(world, entry) !== 'Halted') haltVm(world, entry, 'Halted');
  });
  return entry;
}

/** xenapi.md §3.4: what the guest agent reports; without one the reference is null. */
function guestMetrics(world: PoolWorld, spec: FakeVmSpec, at: number): string {
  if (spec.os === undefined && (spec.addresses ?? []).length === 0) return NULL_REF;
  const networks: Record<string, string> = {};
  const families = { ipv4: 0, ipv6: 0 };
  for (const address of spec.addresses ?? []) {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    // xenapi.md §3.4: the first IPv4 address is told in the old form too.
    if (family === 'ipv4' && families.ipv4 === 0) networks['0/ip'] = address;
    networks[`0/${family}/${families[family]++}`] = address;
  }
  const os = spec.os ?? '';
  return world.add('VM_guest_metrics', {
    uuid: world.uuidFor('guest_metrics', spec.name, String(at)),
    os_version: {
      name: os,
      uname: '',
      distro: os.split(' ')[0]?.toLowerCase() ?? '',
      major: /\d+/.exec(os)?.[0] ?? '',
      minor: '0',
    },
    PV_drivers_version: { major: '8', minor: '4', micro: '0', build: '1' },
    networks,
    other: { 'feature-shutdown': '1', 'feature-reboot': '1', 'feature-suspend': '1' },
    last_updated: new DateTime(Date.now()),
  });
}
