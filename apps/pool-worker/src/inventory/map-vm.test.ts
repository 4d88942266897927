import { locationJudge } from '@porthole/xenapi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_ADDRESSES,
  MAX_FOLDER_LENGTH,
  MAX_NAME_LENGTH,
  MAX_TAGS,
  mapVm,
  type VmParts,
} from './map-vm.ts';
import { consoleOf, guestMetricsOf, hostOf, refOf, uuidOf, vmMetricsOf, vmOf } from './test-records.ts';

const parts: VmParts = {
  metrics: vmMetricsOf({ start_time: '20240420T12:00:00Z' }),
  guestMetrics: guestMetricsOf({
    os_version: { name: 'Debian GNU/Linux 12' },
    networks: { '0/ip': '192.0.2.10', '0/ipv4/0': '192.0.2.10' },
  }),
  consoles: [{ ref: refOf('con-1'), record: consoleOf() }],
  residentHost: hostOf(),
  judgeLocation: locationJudge(['192.0.2.1', '192.0.2.2']),
};
const facts = (vm: Record<string, unknown> = {}, more: Partial<VmParts> = {}) =>
  mapVm(vmOf(vm), { ...parts, ...more })?.facts;

describe('a running machine', () => {
  it('has everything that its records say', () => {
    expect(facts({ name_description: 'the web', tags: ['b', 'a', 'a'] })).toEqual({
      uuid: uuidOf(1),
      name: 'web-01',
      description: 'the web',
      tags: ['a', 'b'],
      folder: '',
      powerState: 'Running',
      operation: null,
      isControlDomain: false,
      screenSwitchedOff: false,
      residentHostUuid: uuidOf(10),
      domid: 7,
      screenConsoleRef: refOf('con-1'),
      textConsoleRef: null,
      memoryBytes: 1_073_741_824n,
      vcpus: 2,
      osName: 'Debian GNU/Linux 12',
      addresses: ['192.0.2.10'],
      startedAt: new Date('2024-04-20T12:00:00Z'),
    });
  });

  it('lies in the folder that its pool says, cut to what is stored', () => {
    expect(facts({ other_config: { folder: '/customers/acme' } })?.folder).toBe('/customers/acme');
    expect(facts({ other_config: { folder: `/${'x'.repeat(600)}` } })?.folder).toHaveLength(
      MAX_FOLDER_LENGTH,
    );
  });

  it('is busy with the first of its operations', () => {
    expect(facts({ current_operations: { 'OpaqueRef:task': 'hard_reboot' } })?.operation).toBe('hard_reboot');
    expect(facts({ current_operations: { 'OpaqueRef:task': '<b>' } })?.operation).toBeNull();
  });

  it('has its consoles by protocol, whatever their order', () => {
    const text = { ref: refOf('con-2'), record: consoleOf({ protocol: 'vt100' }) };
    const rdp = { ref: refOf('con-3'), record: consoleOf({ protocol: 'rdp' }) };
    expect(facts({}, { consoles: [rdp, text, ...parts.consoles] })).toMatchObject({
      screenConsoleRef: refOf('con-1'),
      textConsoleRef: refOf('con-2'),
    });
  });

  it('has its screen switched off by the presence of disable_pv_vnc, whatever its value', () => {
    expect(facts({ other_config: { disable_pv_vnc: '0' } })?.screenSwitchedOff).toBe(true);
  });
});

describe('what a person would not call a machine', () => {
  it.each([
    ['a template', { is_a_template: true }],
    ['a default template', { is_default_template: true }],
    ['a snapshot', { is_a_snapshot: true }],
    ['a helper hidden from XenCenter', { other_config: { HideFromXenCenter: 'true' } }],
    ['a machine in a state that no version knows', { power_state: 'Dreaming' }],
  ])('%s is hidden', (_what, fields) => {
    expect(mapVm(vmOf(fields), parts)).toBeNull();
  });

  it('a control domain is shown, and marked', () => {
    expect(facts({ is_control_domain: true })?.isControlDomain).toBe(true);
  });
});

describe('a machine that is not up', () => {
  it.each(['Halted', 'Suspended'])('%s: has nothing that belongs to a running one', (power_state) => {
    expect(facts({ power_state })).toMatchObject({
      residentHostUuid: null,
      domid: null,
      screenConsoleRef: null,
      addresses: [],
      startedAt: null,
    });
  });

  it('has none of the empty references of the field', () => {
    for (const resident_on of ['OpaqueRef:NULL', '', 'Ref:1']) {
      const vm = vmOf({ resident_on, metrics: resident_on, guest_metrics: resident_on });
      expect([vm.resident_on, vm.metrics, vm.guest_metrics]).toEqual([null, null, null]);
    }
  });

  it('never started: 1970 is no start', () => {
    const metrics = vmMetricsOf({ start_time: '19700101T00:00:00Z' });
    expect(facts({}, { metrics })?.startedAt).toBeNull();
  });
});

describe('a console location', () => {
  it.each([
    ['of a stranger', 'https://evil.example/console?uuid=x'],
    ['with another path', `https://192.0.2.1/admin?uuid=${uuidOf(20)}`],
    ['of another scheme', `http://192.0.2.1/console?uuid=${uuidOf(20)}`],
  ])('%s is refused: the machine has no such console, and it is told', (_what, location) => {
    const consoles = [{ ref: refOf('con-1'), record: consoleOf({ location }) }];
    const mapped = mapVm(vmOf(), { ...parts, consoles });
    expect(mapped?.facts.screenConsoleRef).toBeNull();
    expect(mapped?.rejectedLocations).toEqual([{ consoleUuid: uuidOf(20), location }]);
  });

  it('of another member is a stale record: the resident host counts', () => {
    const location = `https://192.0.2.2/console?uuid=${uuidOf(20)}`;
    const consoles = [{ ref: refOf('con-1'), record: consoleOf({ location }) }];
    expect(facts({}, { consoles })?.screenConsoleRef).toBe(refOf('con-1'));
  });

  it('without a host is what a host writes that knows no address', () => {
    const consoles = [{ ref: refOf('con-1'), record: consoleOf({ location: '' }) }];
    expect(facts({}, { consoles })?.screenConsoleRef).toBe(refOf('con-1'));
  });
});

describe('what the guest says', () => {
  const addresses = (networks: Record<string, string>) =>
    facts({}, { guestMetrics: guestMetricsOf({ networks }) })?.addresses;

  it('is each address once, by device, IPv4 first', () => {
    expect(
      addresses({
        '1/ip': '198.51.100.7',
        '0/ipv6/0': '2001:db8::1',
        '0/ipv4/1': '192.0.2.11',
        '0/ip': '192.0.2.10',
        '0/ipv4/0': '192.0.2.10',
      }),
    ).toEqual(['192.0.2.10', '192.0.2.11', '2001:db8::1', '198.51.100.7']);
  });

  it('is dropped where it is no address', () => {
    expect(
      addresses({ '0/ip': '<script>', '0/mac': '192.0.2.1', '0/ipv6/0': 'fe80::1%eth0', x: '192.0.2.1' }),
    ).toEqual([]);
  });

  it('is bounded', () => {
    const many = Object.fromEntries(
      Array.from({ length: 99 }, (_, n) => [`0/ipv4/${n}`, `192.0.2.${n + 1}`]),
    );
    expect(addresses(many)).toHaveLength(MAX_ADDRESSES);
  });

  it('is the first part of what Windows calls itself', () => {
    const guestMetrics = guestMetricsOf({
      os_version: { name: 'Microsoft Windows Server 2019 Standard|C:\\Windows|\\Device\\Harddisk0' },
    });
    expect(facts({}, { guestMetrics })?.osName).toBe('Microsoft Windows Server 2019 Standard');
  });
});

describe('text of a pool', () => {
  it('holds nothing that PostgreSQL refuses or that forges a line, and is bounded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.array(fc.string(), { maxLength: 90 }),
        (text, tags) => {
          const mapped = facts({ name_label: text, tags });
          expect(mapped?.name).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
          expect([...(mapped?.name ?? '')].length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
          expect(mapped?.tags.length).toBeLessThanOrEqual(MAX_TAGS);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps emoji whole and quotes as they are', () => {
    expect(facts({ name_label: `it's "web" 🦊` })?.name).toBe(`it's "web" 🦊`);
    expect([...(facts({ name_label: '🦊'.repeat(400) })?.name ?? '')]).toHaveLength(MAX_NAME_LENGTH);
  });
});
