import { nullableRef, refSet } from './opaque-ref.ts';
import { type FieldReader, RecordReader, UNREADABLE } from './record-reader.ts';
import { isDroppedKey } from './rpc/rpc-codec.ts';
import { parseXenDate, parseXenInt } from './values.ts';

// What the product reads of each class (xenapi.md §3). Tolerant on purpose: newer hosts add fields and enum values, older
// ones lack some. A record is refused only where it could not be named at all.

const text: FieldReader<string> = (value) => (typeof value === 'string' ? value : '');
const flag: FieldReader<boolean> = (value) => value === true;
const number: FieldReader<number> = (value) => parseXenInt(value) ?? 0;
const textSet: FieldReader<string[]> = (value) =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
/** Keys are the pool's own words, so the map has no prototype that they could reach. */
const textMap: FieldReader<Record<string, string>> = (value) => {
  const map: Record<string, string> = Object.create(null);
  if (typeof value !== 'object' || value === null) return map;
  for (const [key, member] of Object.entries(value))
    if (typeof member === 'string' && !isDroppedKey(key)) map[key] = member;
  return map;
};
/** `20240420T12:00:00Z`, with or without its hyphens and zone; without a zone it is UTC (xenapi.md §3.1). */
const dateTime: FieldReader<Date | null> = (value) =>
  typeof value === 'string' ? parseXenDate(value) : null;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const uuid: FieldReader<string> = (value) =>
  typeof value === 'string' && UUID.test(value) ? value : UNREADABLE;
const powerState: FieldReader<PowerState> = (value) => (typeof value === 'string' ? value : UNREADABLE);

/** The enum of xenapi.md §3.2, and whatever a newer host may say. */
export type PowerState = 'Halted' | 'Paused' | 'Running' | 'Suspended' | (string & {});

export const poolRecord = RecordReader.of({
  uuid,
  name_label: text,
  name_description: text,
  master: nullableRef,
  tags: textSet,
  other_config: textMap,
  /** Absent before 26.1.0. */
  limit_console_sessions: flag,
  /** Seconds; 0 is never. Absent before 26.1.0. */
  vm_console_idle_timeout: number,
});

export const hostRecord = RecordReader.of({
  uuid,
  name_label: text,
  name_description: text,
  hostname: text,
  address: text,
  enabled: flag,
  metrics: nullableRef,
  control_domain: nullableRef,
  resident_VMs: refSet,
  software_version: textMap,
  API_version_major: number,
  API_version_minor: number,
  /** Seconds; 0 is never. Absent before 25.21.0. */
  console_idle_timeout: number,
  edition: text,
  tags: textSet,
});

export const hostMetricsRecord = RecordReader.of({ uuid, live: flag, last_updated: dateTime });

export const vmRecord = RecordReader.of({
  uuid,
  name_label: text,
  name_description: text,
  tags: textSet,
  power_state: powerState,
  is_a_template: flag,
  is_default_template: flag,
  is_a_snapshot: flag,
  is_control_domain: flag,
  resident_on: nullableRef,
  affinity: nullableRef,
  consoles: refSet,
  allowed_operations: textSet,
  current_operations: textMap,
  blocked_operations: textMap,
  domid: number,
  domain_type: text,
  HVM_boot_policy: text,
  platform: textMap,
  memory_static_max: number,
  memory_dynamic_max: number,
  VCPUs_max: number,
  VCPUs_at_startup: number,
  metrics: nullableRef,
  guest_metrics: nullableRef,
  other_config: textMap,
});

export const vmMetricsRecord = RecordReader.of({
  uuid,
  start_time: dateTime,
  memory_actual: number,
  current_domain_type: text,
});

/** Everything in it was written by the guest (xenapi.md §3.4). */
export const vmGuestMetricsRecord = RecordReader.of({
  uuid,
  os_version: textMap,
  networks: textMap,
  PV_drivers_version: textMap,
  PV_drivers_detected: flag,
  other: textMap,
});

/** `protocol` is rfb, vt100 or rdp (xenapi.md §3.3); `location` is for `checkConsoleLocation` alone. */
export const consoleRecord = RecordReader.of({
  uuid,
  protocol: text,
  location: text,
  VM: nullableRef,
  other_config: textMap,
});

export const certificateRecord = RecordReader.of({
  uuid,
  name: text,
  type: text,
  host: nullableRef,
  not_before: dateTime,
  not_after: dateTime,
  fingerprint: text,
  /** Absent before 24.20: `fingerprint` is SHA-256 there, too. */
  fingerprint_sha256: text,
});

export const taskRecord = RecordReader.of({
  uuid,
  name_label: text,
  status: text,
  progress: number,
  /** An XML-RPC fragment even over JSON-RPC (xenapi.md §6). */
  result: text,
  error_info: textSet,
  created: dateTime,
  finished: dateTime,
  /** `cancel` is in it while the task may be cancelled (xenapi.md §6). */
  allowed_operations: textSet,
});

/** Reader of each class, by the name of the data model. */
export const recordSchemas = {
  pool: poolRecord,
  host: hostRecord,
  host_metrics: hostMetricsRecord,
  VM: vmRecord,
  VM_metrics: vmMetricsRecord,
  VM_guest_metrics: vmGuestMetricsRecord,
  console: consoleRecord,
  Certificate: certificateRecord,
  task: taskRecord,
} as const;

export type XenClass = keyof typeof recordSchemas;
export type XenRecord<C extends XenClass> = ReturnType<(typeof recordSchemas)[C]['parse']>;

/** `event.class` is in lower case, methods are not (xenapi.md §10.18); null for a class that is not read. */
export function classOfEvent(eventClass: string): XenClass | null {
  const wanted = eventClass.toLowerCase();
  for (const name of Object.keys(recordSchemas)) {
    if (name.toLowerCase() === wanted && isXenClass(name)) return name;
  }
  return null;
}

function isXenClass(name: string): name is XenClass {
  return Object.hasOwn(recordSchemas, name);
}
