import type { FakeVmSpec, PowerState } from './pool-options.ts';

/** Longest name that clients meet in the field. */
const LONG_NAME = 'a name of two hundred characters '.repeat(7).slice(0, 200);

/**
 * Machines of every kind that a client has to live with (xenapi.md §9): templates, snapshots, helpers, both kinds of guests,
 * each power state, without a console, kept by high availability, blocked, IPv6 only, and with names that break things.
 * @param hosts over how many hosts they are spread
 */
export function oddVms(hosts = 1): FakeVmSpec[] {
  const specs: FakeVmSpec[] = [
    { name: 'hvm', os: 'Windows Server 2022', addresses: ['10.0.0.10'], tags: ['prod'] },
    { name: 'pv', domainType: 'pv', os: 'CentOS 6.10', addresses: ['10.0.0.11'] },
    { name: 'no console', screen: null, text: null },
    { name: 'no screen', domainType: 'pv', otherConfig: { disable_pv_vnc: '1' } },
    { name: 'helper', otherConfig: { HideFromXenCenter: 'true' } },
    { name: 'off', powerState: 'Halted', os: 'Debian GNU/Linux 12', addresses: ['10.0.0.99'] },
    { name: 'paused', powerState: 'Paused' },
    { name: 'suspended', powerState: 'Suspended' },
    { name: 'kept up', haRestartPriority: 'restart' },
    {
      name: 'guarded',
      blockedOperations: { hard_shutdown: 'ask Mira first', clean_shutdown: 'ask Mira first' },
    },
    { name: 'IPv6 only', os: 'Debian GNU/Linux 12', addresses: ['2001:db8::10', 'fe80::10'] },
    { name: `"quoted" <b>&amp;</b> 'single'`, description: 'line one\nline two\ttab' },
    { name: 'emoji 🚀 é e\u0301 \u202eright to left' },
    { name: LONG_NAME },
    { name: 'same name' },
    { name: 'same name' },
    { name: 'Debian 12', template: true, description: 'a template' },
    { name: 'hvm before the upgrade', snapshot: true },
  ];
  return specs.map((spec, at) => ({ ...spec, residentOn: at % hosts }));
}

const STATES: readonly PowerState[] = [
  'Running',
  'Running',
  'Running',
  'Running',
  'Halted',
  'Running',
  'Suspended',
];
const SYSTEMS = ['Debian GNU/Linux 12', 'Ubuntu 24.04', 'Windows Server 2022', 'Rocky Linux 9'];

/**
 * Many plausible machines, always the same ones, spread evenly over the hosts.
 * @param count of machines
 */
export function manyVms(count: number, hosts: number): FakeVmSpec[] {
  return Array.from({ length: count }, (_, at): FakeVmSpec => {
    const os = SYSTEMS[at % SYSTEMS.length] ?? '';
    return {
      name: `${os.slice(0, 3).toLowerCase()}-${String(at).padStart(5, '0')}`,
      powerState: STATES[at % STATES.length] ?? 'Running',
      residentOn: at % hosts,
      os,
      addresses: [`10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`],
      tags: at % 3 === 0 ? ['prod'] : ['test', `team-${at % 20}`],
      memoryMiB: 1024 * (1 + (at % 8)),
      vcpus: 1 + (at % 4),
      otherConfig: at % 2 === 0 ? { folder: `/site-${at % 5}` } : {},
    };
  });
}
