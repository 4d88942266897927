/**
 * What a host from before JSON-RPC does not know (xenapi.md §1.5, §3.2, §3.5): classes and fields that later releases brought. A
 * client that needs one of them finds out here.
 */
export const UNKNOWN_TO_OLD_CLASSES: ReadonlySet<string> = new Set([
  'Certificate',
  'Cluster',
  'Cluster_host',
  'Observer',
  'PUSB',
  'Repository',
  'USB_group',
  'VTPM',
  'VUSB',
  'network_sriov',
]);

const UNKNOWN_TO_OLD_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  pool: new Set([
    'limit_console_sessions',
    'vm_console_idle_timeout',
    'tls_verification_enabled',
    'local_auth_max_threads',
    'ext_auth_max_threads',
    'migration_compression',
  ]),
  host: new Set([
    'certificates',
    'https_only',
    'console_idle_timeout',
    'tls_verification_enabled',
    'uefi_certificates',
  ]),
  VM: new Set(['domain_type', 'VTPMs', 'NVRAM', 'pending_guidances']),
  VM_metrics: new Set(['current_domain_type']),
  VM_guest_metrics: new Set(['netbios_name', 'services']),
};

export function isUnknownField(className: string, field: string): boolean {
  return UNKNOWN_TO_OLD_FIELDS[className]?.has(field) === true;
}
