import { describe, expect, it } from 'vitest';
import type { VmFacts } from './map-vm.ts';
import { type PlanInput, planVms } from './plan-vms.ts';
import type { StoredVm } from './stored-rows.ts';

const facts: VmFacts = {
  uuid: 'u-1',
  name: 'web-01',
  description: '',
  tags: ['acme'],
  folder: '',
  powerState: 'Running',
  operation: null,
  isControlDomain: false,
  screenSwitchedOff: false,
  residentHostUuid: 'host-a',
  domid: 7,
  screenConsoleRef: 'OpaqueRef:1',
  textConsoleRef: null,
  memoryBytes: 1n,
  vcpus: 1,
  osName: null,
  addresses: ['192.0.2.1'],
  startedAt: new Date(0),
};
const { residentHostUuid: _, ...same } = facts;
const stored: StoredVm = {
  ...same,
  tags: ['acme'],
  addresses: ['192.0.2.1'],
  startedAt: new Date(0),
  id: 'id-1',
  residentHostId: 'our-host-a',
  goneAt: null,
  holderTenantId: 'acme',
  byHand: false,
};
const at = new Date('2026-01-01T00:00:00Z');
const plan = (input: Partial<PlanInput>) =>
  planVms({
    stored: new Map([['u-1', stored]]),
    now: new Map([['u-1', facts]]),
    hostIdOf: (uuid) => `our-${uuid}`,
    holderOf: ({ tags }) => (tags.includes('acme') ? 'acme' : 'owner'),
    at,
    newId: () => 'id-new',
    ...input,
  });

describe('the difference between rows and pool', () => {
  it('is nothing where nothing differs', () => {
    expect(plan({})).toEqual([]);
  });

  it('is the changed columns alone', () => {
    const now = new Map([['u-1', { ...facts, powerState: 'Paused' as const }]]);
    expect(plan({ now })).toEqual([
      { kind: 'update', id: 'id-1', uuid: 'u-1', columns: { powerState: 'Paused' } },
    ]);
  });

  it('is a new row for a machine that is first seen, with its holder', () => {
    expect(plan({ stored: new Map() })).toEqual([{ kind: 'create', row: { ...stored, id: 'id-new' } }]);
  });

  it('moves nothing to another holder, whatever the tags say by now: that is another door', () => {
    const now = new Map([['u-1', { ...facts, tags: ['globex'] }]]);
    expect(plan({ now })).toEqual([
      { kind: 'update', id: 'id-1', uuid: 'u-1', columns: { tags: ['globex'] } },
    ]);
  });

  it('is an end for a machine that is gone, and nothing to dial', () => {
    expect(plan({ now: new Map([['u-1', null]]) })).toEqual([
      {
        kind: 'update',
        id: 'id-1',
        uuid: 'u-1',
        columns: expect.objectContaining({
          goneAt: at,
          screenConsoleRef: null,
          residentHostId: null,
          addresses: [],
        }),
      },
    ]);
  });

  it('ends a machine once', () => {
    const gone = new Map([['u-1', { ...stored, goneAt: at }]]);
    expect(plan({ stored: gone, now: new Map([['u-1', null]]) })).toEqual([]);
  });

  it('knows a machine that comes back', () => {
    const gone = new Map([['u-1', { ...stored, goneAt: at }]]);
    expect(plan({ stored: gone })).toEqual([
      { kind: 'update', id: 'id-1', uuid: 'u-1', columns: { goneAt: null } },
    ]);
  });

  it('is nothing for a hidden machine that was never seen', () => {
    expect(plan({ stored: new Map(), now: new Map([['u-1', null]]) })).toEqual([]);
  });
});
