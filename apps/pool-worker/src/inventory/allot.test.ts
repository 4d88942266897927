import { describe, expect, it } from 'vitest';
import { Allotter } from './allot.ts';
import type { StoredVm } from './stored-rows.ts';

const vm: StoredVm = {
  id: 'id-1',
  uuid: 'u-1',
  holderTenantId: 'owner',
  byHand: false,
  name: 'web-01',
  description: '',
  tags: ['acme'],
  folder: '',
  powerState: 'Running',
  operation: null,
  isControlDomain: false,
  screenSwitchedOff: false,
  residentHostId: null,
  domid: null,
  screenConsoleRef: null,
  textConsoleRef: null,
  memoryBytes: null,
  vcpus: null,
  osName: null,
  addresses: [],
  startedAt: null,
  goneAt: null,
};
const rules = [{ kind: 'tag', pattern: 'acme', holderTenantId: 'acme' }] as const;
const allotter = new Allotter({ rules, version: 3 }, 'owner');
const moves = (over: Partial<StoredVm>) => allotter.moves([{ ...vm, ...over }]);

describe('what has to move', () => {
  it('is a machine whose holder is not the one that the rules say', () => {
    expect(moves({})).toEqual([{ vmId: 'id-1', uuid: 'u-1', toTenantId: 'acme' }]);
    expect(moves({ holderTenantId: 'acme' })).toEqual([]);
  });

  it('is one that no rule fits any more: it goes back to the owner of the pool', () => {
    expect(moves({ tags: [], holderTenantId: 'acme' })).toEqual([
      { vmId: 'id-1', uuid: 'u-1', toTenantId: 'owner' },
    ]);
  });

  it('is never one that a hand placed, one that is gone, or a control domain of the owner', () => {
    expect(moves({ byHand: true })).toEqual([]);
    expect(moves({ goneAt: new Date(0) })).toEqual([]);
    expect(moves({ isControlDomain: true })).toEqual([]);
  });
});
