import { isOpaqueRef, type OpaqueRef, recordSchemas, type XenRecord } from '@porthole/xenapi';

/** Records as a host would send them, through the product's own readers; whatever is left out is missing. For tests alone. */
export const refOf = (name: string): OpaqueRef => {
  const ref = `OpaqueRef:${name.padEnd(8, '0')}`;
  if (!isOpaqueRef(ref)) throw new Error('not a reference');
  return ref;
};
export const uuidOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const vmOf = (fields: Record<string, unknown> = {}): XenRecord<'VM'> =>
  recordSchemas.VM.parse({
    uuid: uuidOf(1),
    name_label: 'web-01',
    power_state: 'Running',
    resident_on: refOf('host-a'),
    domid: 7,
    memory_dynamic_max: 1_073_741_824,
    VCPUs_at_startup: 2,
    ...fields,
  });

export const consoleOf = (fields: Record<string, unknown> = {}): XenRecord<'console'> =>
  recordSchemas.console.parse({
    uuid: uuidOf(20),
    protocol: 'rfb',
    location: `https://192.0.2.1/console?uuid=${uuidOf(20)}`,
    VM: refOf('vm-1'),
    ...fields,
  });

export const hostOf = (fields: Record<string, unknown> = {}): XenRecord<'host'> =>
  recordSchemas.host.parse({
    uuid: uuidOf(10),
    name_label: 'host-a',
    address: '192.0.2.1',
    enabled: true,
    ...fields,
  });

export const guestMetricsOf = (fields: Record<string, unknown>): XenRecord<'VM_guest_metrics'> =>
  recordSchemas.VM_guest_metrics.parse({ uuid: uuidOf(30), ...fields });

export const vmMetricsOf = (fields: Record<string, unknown>): XenRecord<'VM_metrics'> =>
  recordSchemas.VM_metrics.parse({ uuid: uuidOf(31), ...fields });
