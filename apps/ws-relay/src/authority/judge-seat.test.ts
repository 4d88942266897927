import { BUNDLES, type Facts, type VmFacts } from '@porthole/rbac';
import { MAX_ACCESS_NAME, MAX_CONTROL_BYTES, parseServerMessage } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { judgeSeat, type SeatFacts, whoChanged } from './judge-seat.ts';

const now = new Date('2026-05-03T14:02:00Z');
const before = new Date(now.getTime() - 60_000);
const vm: VmFacts = { id: 'vm', tenantId: 'acme', poolId: 'pool', tags: [], isControlDomain: false };
const grant = {
  id: 'g',
  role: 'operator',
  rights: BUNDLES.operator,
  target: { kind: 'vm', vmId: 'vm' },
  team: null,
  endsAt: null,
} as const;
const facts: SeatFacts['facts'] = {
  now,
  tenantId: 'acme',
  tenantSuspended: false,
  personId: 'mira',
  personDisabled: false,
  sessionAlive: true,
  factorAt: null,
  factorPolicy: { required: false, consoleMaxAgeMs: null },
  role: 'member',
  grants: [grant],
  locks: [],
  policy: {
    idleTimeoutMs: null,
    maximumTimeMs: null,
    clipboardToGuest: true,
    clipboardFromGuest: true,
    keyboard: 'free',
  },
};

function seat(change: Partial<Facts> = {}, rest: Partial<SeatFacts> = {}): SeatFacts {
  return {
    facts: { ...facts, ...change },
    vm,
    poolPaused: false,
    loginRanOut: false,
    grantEnded: null,
    closeAsked: null,
    ...rest,
  };
}

describe('the judgement of a live seat', () => {
  it('lets it stay with what its grants give', () => {
    expect(judgeSeat(seat(), 'type', before)).toEqual({
      stays: true,
      vm,
      rights: ['look', 'type', 'clipboard'],
    });
    expect(judgeSeat(seat(), 'look', before)).toMatchObject({ rights: ['look'] });
  });

  it.each<[string, SeatFacts, string]>([
    ['the grant is gone', seat({ grants: [] }), 'withdrawn'],
    ['the membership is gone', seat({ role: null }), 'withdrawn'],
    ['the person is shut out', seat({ personDisabled: true }), 'withdrawn'],
    ['the login was ended', seat({ sessionAlive: false }), 'signedOut'],
    ['the login ran out', seat({ sessionAlive: false }, { loginRanOut: true }), 'signInOver'],
    ['the organisation is suspended', seat({ tenantSuspended: true }), 'suspended'],
    ['a lock was set', seat({ locks: [{ id: 'l', target: { kind: 'vm', vmId: 'vm' } }] }), 'locked'],
    ['the machine is gone or another’s', seat({}, { vm: null }), 'machineGone'],
    ['its pool was paused', seat({}, { poolPaused: true }), 'poolPaused'],
    ['it became a control domain', seat({}, { vm: { ...vm, isControlDomain: true } }), 'withdrawn'],
    [
      'somebody closed it, whatever else is true',
      seat({ sessionAlive: false }, { closeAsked: { at: now, by: 'Jon', reason: '' } }),
      'closedByHand',
    ],
    ['both login and machine are gone', seat({ sessionAlive: false }, { vm: null }), 'signedOut'],
  ])('ends it for its own reason: %s', (_what, one, kind) => {
    expect(judgeSeat(one, 'type', before)).toMatchObject({ stays: false, kind });
  });

  it('lets support stay for as long as its grant lives', () => {
    const given = { grantId: 's', rights: ['look'], endsAt: new Date(now.getTime() + 60_000) } as const;
    const inside = { role: null, grants: [], support: given };
    expect(judgeSeat(seat(inside), 'type', before)).toMatchObject({ stays: true, rights: ['look'] });
    const ended = { ...inside, support: null };
    const by = { grantEnded: { at: now, by: 'Jon', planned: false } };
    expect(judgeSeat(seat(ended, by), 'type', before)).toMatchObject({
      kind: 'withdrawn',
      told: { by: 'Jon' },
    });
    const over = { ...inside, support: { ...given, endsAt: now } };
    expect(
      judgeSeat(seat(over, { grantEnded: { at: now, by: null, planned: true } }), 'type', before),
    ).toMatchObject({
      kind: 'accessEnded',
    });
  });

  it('tells by whom and when, where the rows know it', () => {
    const ended = seat({ grants: [] }, { grantEnded: { at: now, by: 'Jon', planned: false } });
    expect(judgeSeat(ended, 'type', before)).toEqual({
      stays: false,
      kind: 'withdrawn',
      told: { type: 'access-changed', by: 'Jon', at: now.toISOString(), reason: '' },
    });
    const byHand = seat({}, { closeAsked: { at: now, by: 'Jon', reason: 'patching' } });
    expect(judgeSeat(byHand, 'type', before)).toMatchObject({ told: { by: 'Jon', reason: 'patching' } });
  });

  it('calls an end by date what it is', () => {
    const ended = seat({ grants: [] }, { grantEnded: { at: now, by: null, planned: true } });
    expect(judgeSeat(ended, 'type', before)).toMatchObject({ kind: 'accessEnded', told: { by: null } });
  });

  it('does not blame an earlier end for a later loss', () => {
    const hourAgo = new Date(now.getTime() - 3_600_000);
    const lost = seat({ role: null }, { grantEnded: { at: hourAgo, by: 'Jon', planned: true } });
    expect(judgeSeat(lost, 'type', before)).toEqual({ stays: false, kind: 'withdrawn', told: null });
    expect(whoChanged(lost, before)).toBeNull();
  });

  it('says it within a control message, however long names and reasons are', () => {
    const endless = '\u0001😀'.repeat(5_000);
    const byHand = seat({}, { closeAsked: { at: now, by: endless, reason: endless } });
    const verdict = judgeSeat(byHand, 'type', before);
    const text = JSON.stringify(verdict.stays ? null : verdict.told);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_CONTROL_BYTES);
    expect(parseServerMessage(text)).toMatchObject({ by: endless.slice(0, MAX_ACCESS_NAME) });
  });
});
