import { isIP } from 'node:net';
import type { LocationVerdict, OpaqueRef, XenRecord } from '@porthole/xenapi';
import { cleanText } from './clean-text.ts';

/** What is kept of a machine: the columns of `vm` that the worker writes, with the host still by its own uuid. */
export interface VmFacts {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** `other_config:folder`, '' for none; by it the pool's owner may allot. */
  readonly folder: string;
  readonly powerState: 'Running' | 'Halted' | 'Paused' | 'Suspended';
  readonly operation: string | null;
  readonly isControlDomain: boolean;
  readonly screenSwitchedOff: boolean;
  readonly residentHostUuid: string | null;
  readonly domid: number | null;
  readonly screenConsoleRef: string | null;
  readonly textConsoleRef: string | null;
  readonly memoryBytes: bigint | null;
  readonly vcpus: number | null;
  readonly osName: string | null;
  readonly addresses: readonly string[];
  readonly startedAt: Date | null;
}

/** The records that belong to one machine. */
export interface VmParts {
  readonly metrics: XenRecord<'VM_metrics'> | undefined;
  readonly guestMetrics: XenRecord<'VM_guest_metrics'> | undefined;
  /** In the order of `VM.consoles`. */
  readonly consoles: readonly { readonly ref: OpaqueRef; readonly record: XenRecord<'console'> }[];
  readonly residentHost: XenRecord<'host'> | undefined;
  /** Judges `console.location` by the addresses of all members. */
  readonly judgeLocation: (location: string) => LocationVerdict;
}

export interface MappedVm {
  readonly facts: VmFacts;
  /** Console locations that no host of this pool may write (security.md §4.5): refused, and to be recorded. */
  readonly rejectedLocations: readonly { readonly consoleUuid: string; readonly location: string }[];
}

export const MAX_NAME_LENGTH = 300;
export const MAX_DESCRIPTION_LENGTH = 4_000;
export const MAX_TAGS = 64;
export const MAX_TAG_LENGTH = 120;
export const MAX_FOLDER_LENGTH = 500;
export const MAX_ADDRESSES = 32;
const MAX_OS_NAME_LENGTH = 120;
const MAX_LOCATION_KEPT = 200;

/**
 * One machine as its records describe it, or null for what a person would not call a machine: templates, snapshots,
 * helpers hidden from XenCenter (xenapi.md §3.2), and a power state that no version of ours knows.
 */
export function mapVm(vm: XenRecord<'VM'>, parts: VmParts): MappedVm | null {
  const powerState = POWER_STATES.find((state) => state === vm.power_state);
  if (isHidden(vm) || powerState === undefined) return null;
  // resident_on is NULL unless Running or Paused; a stale value of another state is not used (xenapi.md §3.2).
  const isUp = powerState === 'Running' || powerState === 'Paused';
  const { usable, rejectedLocations } = judgeConsoles(parts);
  const consoleOf = (protocol: string) =>
    (isUp ? usable : []).find(({ record }) => record.protocol === protocol)?.ref ?? null;
  return {
    rejectedLocations,
    facts: {
      uuid: vm.uuid,
      name: cleanText(vm.name_label, MAX_NAME_LENGTH),
      description: cleanText(vm.name_description, MAX_DESCRIPTION_LENGTH, { lines: true }),
      tags: cleanTags(vm.tags),
      folder: cleanText(vm.other_config.folder ?? '', MAX_FOLDER_LENGTH),
      powerState,
      operation: firstOperation(vm.current_operations),
      isControlDomain: vm.is_control_domain,
      // Its presence counts, whatever its value (xenapi.md §3.2).
      screenSwitchedOff: 'disable_pv_vnc' in vm.other_config,
      residentHostUuid: isUp ? (parts.residentHost?.uuid ?? null) : null,
      domid: isUp && vm.domid >= 0 ? vm.domid : null,
      screenConsoleRef: consoleOf('rfb'),
      textConsoleRef: consoleOf('vt100'),
      memoryBytes: positive(vm.memory_dynamic_max) ?? positive(vm.memory_static_max),
      vcpus: vm.VCPUs_at_startup > 0 ? vm.VCPUs_at_startup : null,
      osName: osName(parts.guestMetrics),
      // The record survives a shutdown, so addresses of a halted machine may be anyone's by now (xenapi.md §3.4).
      addresses: isUp ? guestAddresses(parts.guestMetrics) : [],
      startedAt: isUp ? startTime(parts.metrics) : null,
    },
  };
}

const POWER_STATES = ['Running', 'Halted', 'Paused', 'Suspended'] as const;

function isHidden(vm: XenRecord<'VM'>): boolean {
  return (
    vm.is_a_template ||
    vm.is_default_template ||
    vm.is_a_snapshot ||
    vm.other_config.HideFromXenCenter?.toLowerCase() === 'true'
  );
}

function judgeConsoles({ consoles, judgeLocation }: VmParts) {
  const usable: VmParts['consoles'][number][] = [];
  const rejectedLocations: { consoleUuid: string; location: string }[] = [];
  for (const console of consoles) {
    const { uuid, location } = console.record;
    if (judgeLocation(location) !== 'rejected') usable.push(console);
    else rejectedLocations.push({ consoleUuid: uuid, location: cleanText(location, MAX_LOCATION_KEPT) });
  }
  return { usable, rejectedLocations };
}

function firstOperation(operations: Readonly<Record<string, string>>): string | null {
  const [operation] = Object.values(operations);
  return operation !== undefined && /^[a-z_]{1,60}$/.test(operation) ? operation : null;
}

function cleanTags(tags: readonly string[]): string[] {
  if (tags.length === 0) return [];
  const cleaned = tags.map((tag) => cleanText(tag, MAX_TAG_LENGTH)).filter((tag) => tag !== '');
  return [...new Set(cleaned)].sort().slice(0, MAX_TAGS);
}

/** Sizes are below 2^53 in practice (xenapi.md §3.1); what is not a whole number is not a size. */
function positive(bytes: number): bigint | null {
  return Number.isSafeInteger(bytes) && bytes > 0 ? BigInt(bytes) : null;
}

function osName(metrics: XenRecord<'VM_guest_metrics'> | undefined): string | null {
  // Windows appends its folder and disk after a bar: "Microsoft Windows Server 2019 Standard|C:\Windows|\Device\…".
  const [name = ''] = (metrics?.os_version.name ?? '').split('|');
  return cleanText(name, MAX_OS_NAME_LENGTH) || null;
}

const NETWORK_KEY = /^([0-9]{1,3})\/(?:(ip)|ipv([46])\/([0-9]{1,3}))$/;

/**
 * Addresses by device, IPv4 before IPv6. xapi writes old and new keys for the same address (xenapi.md §3.4), and the guest may
 * write anything: only literals are kept, each once.
 */
function guestAddresses(metrics: XenRecord<'VM_guest_metrics'> | undefined): string[] {
  const found: { order: number; address: string }[] = [];
  if (metrics === undefined) return [];
  for (const [key, value] of Object.entries(metrics.networks)) {
    const match = NETWORK_KEY.exec(key);
    if (match === null) continue;
    const address = value.trim().toLowerCase();
    const version = isIP(address);
    if (version === 0 || address.includes('%')) continue;
    const order = Number(match[1]) * 2_000 + (version === 6 ? 1_000 : 0) + Number(match[4] ?? 0);
    found.push({ order, address });
  }
  const ordered = found.sort((a, b) => a.order - b.order).map(({ address }) => address);
  return [...new Set(ordered)].slice(0, MAX_ADDRESSES);
}

/** 1970 is what a machine that never started has. */
function startTime(metrics: XenRecord<'VM_metrics'> | undefined): Date | null {
  const at = metrics?.start_time ?? null;
  return at !== null && at.getTime() > 0 ? at : null;
}
