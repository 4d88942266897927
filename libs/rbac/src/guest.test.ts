import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { can, canInTenant, canOpen, earliestEnd, personStanding, rightsOn } from './can.ts';
import type { Facts, VmFacts } from './facts.ts';
import { GUEST_RIGHTS, type GuestFact } from './guest.ts';
import { BUNDLES, RIGHTS, TENANT_ACTS, TENANT_ROLES, VM_ROLES } from './rights.ts';

const now = new Date('2026-05-03T14:00:00Z');
const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const vm: VmFacts = { id: 'vm-1', tenantId: 't-1', poolId: 'p-1', tags: ['prod'], isControlDomain: false };
const link: GuestFact = { linkId: 'l-1', vmId: 'vm-1', rights: ['look'], endsAt: later(4), over: false };
const guest: Facts = {
  now,
  tenantId: 't-1',
  tenantSuspended: false,
  personId: 'jon',
  personDisabled: false,
  sessionAlive: true,
  factorAt: null,
  factorPolicy: { required: false, consoleMaxAgeMs: null },
  role: 'admin',
  grants: [],
  locks: [],
  guest: link,
};
const withLink = (over: Partial<GuestFact>): Facts => ({ ...guest, guest: { ...link, ...over } });
const reason = (facts: Facts, machine = vm) => {
  const decision = can(facts, 'look', machine);
  return decision.allowed ? null : decision.reason;
};

describe('a guest', () => {
  it('has what the link says on its one machine, until the link ends', () => {
    expect(can(guest, 'look', vm)).toEqual({
      allowed: true,
      because: { kind: 'guest-link', linkId: 'l-1', endsAt: later(4) },
    });
    expect(rightsOn(withLink({ rights: ['look', 'type'] }), vm)).toEqual(['look', 'type']);
    expect(rightsOn(withLink({ rights: RIGHTS }), vm)).toEqual([...GUEST_RIGHTS]);
    expect(earliestEnd(guest, vm)).toEqual(later(4));
  });

  it.each<[string, Facts, VmFacts, string]>([
    ['another machine', guest, { ...vm, id: 'vm-2' }, 'no-grant'],
    ['a control domain', guest, { ...vm, isControlDomain: true }, 'control-domain'],
    ['a machine of others by now', guest, { ...vm, tenantId: 't-2' }, 'other-tenant'],
    ['a link that was ended', withLink({ over: true }), vm, 'link-over'],
    ['a link past its end', withLink({ endsAt: now }), vm, 'link-over'],
    ['a visit that is over, or not let in', { ...guest, sessionAlive: false }, vm, 'session-ended'],
    ['a maker who has left', { ...guest, role: null }, vm, 'not-a-member'],
    ['a maker who was disabled', { ...guest, personDisabled: true }, vm, 'person-disabled'],
    ['a maker who shares no more', { ...guest, role: 'member' }, vm, 'no-grant'],
    ['an organisation that is suspended', { ...guest, tenantSuspended: true }, vm, 'tenant-suspended'],
    [
      'a maker who is locked',
      { ...guest, locks: [{ id: 'k', target: { kind: 'person', personId: 'jon' } }] },
      vm,
      'locked',
    ],
  ])('has nothing with %s', (_, facts, machine, why) => {
    expect(reason(facts, machine)).toBe(why);
    expect(rightsOn(facts, machine)).toEqual([]);
  });

  it('ends no later than the access of who made the link', () => {
    const grants = [
      {
        id: 'g',
        role: 'manager',
        rights: BUNDLES.manager,
        target: { kind: 'all' },
        team: null,
        endsAt: later(1),
      },
    ] as const;
    expect(can({ ...guest, role: 'member', grants }, 'look', vm)).toMatchObject({
      because: { endsAt: later(1) },
    });
  });

  it('is asked for no second factor: the code in the mail is what they have', () => {
    const strict = { ...guest, factorPolicy: { required: true, consoleMaxAgeMs: 60_000 } };
    expect(canOpen(strict, 'look', vm).allowed).toBe(true);
    expect(personStanding(strict)).toBeNull();
  });
});

describe('the laws of guests', () => {
  const facts = fc.record({
    role: fc.option(fc.constantFrom(...TENANT_ROLES)),
    grants: fc.array(
      fc.record({
        id: fc.uuid(),
        role: fc.constantFrom(null, ...VM_ROLES),
        rights: fc.subarray([...RIGHTS]),
        target: fc.constantFrom({ kind: 'vm' as const, vmId: 'vm-1' }, { kind: 'tag' as const, tag: 'prod' }),
        team: fc.constant(null),
        endsAt: fc.constantFrom(null, later(-1), later(1)),
      }),
    ),
    rights: fc.subarray([...RIGHTS]),
    over: fc.boolean(),
    sessionAlive: fc.boolean(),
    endsAt: fc.constantFrom(later(-1), later(2)),
    machine: fc.constantFrom(vm, { ...vm, id: 'vm-2' }, { ...vm, isControlDomain: true }),
    right: fc.constantFrom(...RIGHTS),
  });

  it('never more than the maker has and may share, and never what a link cannot give', () => {
    fc.assert(
      fc.property(facts, ({ role, grants, rights, over, sessionAlive, endsAt, machine, right }) => {
        const acting: Facts = {
          ...guest,
          role,
          grants,
          sessionAlive,
          guest: { ...link, rights, over, endsAt },
        };
        if (!can(acting, right, machine).allowed) return;
        const maker = { ...acting, guest: null };
        expect(can(maker, right, machine).allowed && can(maker, 'share', machine).allowed).toBe(true);
        expect(GUEST_RIGHTS).toContain(right);
        expect(rights).toContain(right);
        expect([over, sessionAlive, endsAt > now, machine.id, machine.isControlDomain]).toEqual([
          false,
          true,
          true,
          'vm-1',
          false,
        ]);
      }),
    );
  });

  it('nothing in the organisation, whatever the maker runs there', () => {
    for (const role of TENANT_ROLES)
      for (const act of TENANT_ACTS) expect(canInTenant({ ...guest, role }, act).allowed).toBe(false);
  });
});
