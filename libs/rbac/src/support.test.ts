import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { can, canInTenant, canOpen, earliestEnd, isLocked, personStanding, rightsOn } from './can.ts';
import type { Facts, VmFacts } from './facts.ts';
import {
  ACTS_CLOSED_BY_LOCK,
  ACTS_OF_ROLE,
  RIGHTS,
  ROLES_OF_KIND,
  TENANT_ACTS,
  TENANT_ROLES,
} from './rights.ts';
import { SUPPORT_ACTS, SUPPORT_RIGHTS, type SupportFact, supportOf } from './support.ts';

const now = new Date('2026-05-03T14:00:00Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const vm: VmFacts = { id: 'vm-1', tenantId: 't-1', poolId: 'p-1', tags: ['prod'], isControlDomain: false };
const given: SupportFact = { grantId: 's-1', rights: ['look'], endsAt: later(30) };
const olga: Facts = {
  now,
  tenantId: 't-1',
  tenantSuspended: false,
  personId: 'olga',
  personDisabled: false,
  sessionAlive: true,
  factorAt: null,
  factorPolicy: { required: false, consoleMaxAgeMs: null },
  role: null,
  grants: [],
  locks: [],
  support: given,
};
const withGrant = (over: Partial<SupportFact>): Facts => ({ ...olga, support: { ...given, ...over } });

describe('support', () => {
  it('has what the organisation gave, on its machines, until the grant ends', () => {
    expect(can(olga, 'look', vm)).toEqual({
      allowed: true,
      because: { kind: 'support', grantId: 's-1', endsAt: later(30) },
    });
    expect(rightsOn(withGrant({ rights: ['look', 'type'] }), vm)).toEqual(['look', 'type']);
    expect(earliestEnd(olga, vm)).toEqual(later(30));
    expect(canInTenant(olga, 'machines.list').allowed).toBe(true);
  });

  it.each<[string, Facts, VmFacts, string]>([
    ['without a grant', { ...olga, support: null }, vm, 'not-a-member'],
    ['past the end of the grant', withGrant({ endsAt: now }), vm, 'not-a-member'],
    ['on a machine of another organisation', olga, { ...vm, tenantId: 't-2' }, 'other-tenant'],
    ['on a host', olga, { ...vm, isControlDomain: true }, 'control-domain'],
    ['signed out', { ...olga, sessionAlive: false }, vm, 'session-ended'],
    ['in an organisation that is suspended', { ...olga, tenantSuspended: true }, vm, 'tenant-suspended'],
    [
      'without the factor that the organisation asks for',
      { ...olga, factorPolicy: { required: true, consoleMaxAgeMs: null } },
      vm,
      'factor-missing',
    ],
    [
      'where the organisation is locked',
      { ...olga, locks: [{ id: 'l', target: { kind: 'tenant' } }] },
      vm,
      'locked',
    ],
    [
      'where it is locked itself',
      { ...olga, locks: [{ id: 'l', target: { kind: 'person', personId: 'olga' } }] },
      vm,
      'locked',
    ],
  ])('has nothing %s', (_, facts, machine, why) => {
    expect(can(facts, 'look', machine)).toEqual({ allowed: false, reason: why });
    expect(rightsOn(facts, machine)).toEqual([]);
  });

  it('shows a fresh factor where consoles ask for one', () => {
    const strict = { ...olga, factorPolicy: { required: false, consoleMaxAgeMs: 60_000 } };
    expect(canOpen(strict, 'look', vm)).toEqual({ allowed: false, reason: 'factor-stale' });
    expect(canOpen({ ...strict, factorAt: now }, 'look', vm).allowed).toBe(true);
  });
});

const date = fc.integer({ min: -3_600, max: 3_600 }).map((s) => new Date(now.getTime() + s * 1_000));
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  now: fc.constant(now),
  tenantId: fc.constantFrom('t-1', 't-2'),
  tenantSuspended: fc.boolean(),
  personId: fc.constant('olga'),
  personDisabled: fc.boolean(),
  sessionAlive: fc.boolean(),
  factorAt: fc.option(date),
  factorPolicy: fc.constant({ required: false, consoleMaxAgeMs: null }),
  role: fc.option(fc.constantFrom(...TENANT_ROLES)),
  grants: fc.constant([]),
  locks: fc.constant([]),
  support: fc.option(
    fc.record({
      grantId: fc.constant('s-1'),
      rights: fc.subarray([...SUPPORT_RIGHTS], { minLength: 0 }),
      endsAt: date,
    }),
    { nil: null as null },
  ),
});
const anyVm: fc.Arbitrary<VmFacts> = fc.record({
  id: fc.constant('vm-1'),
  tenantId: fc.constantFrom('t-1', 't-2'),
  poolId: fc.constant('p-1'),
  tags: fc.constant([]),
  isControlDomain: fc.boolean(),
});

describe('the laws', () => {
  it('no support without a grant that lives', () => {
    fc.assert(
      fc.property(anyFacts, anyVm, fc.constantFrom(...RIGHTS), (facts, machine, right) => {
        const stranger = { ...facts, role: null };
        const lives = stranger.support != null && stranger.support.endsAt > now;
        if (!lives) expect(can(stranger, right, machine).allowed).toBe(false);
        expect(can({ ...stranger, support: null }, right, machine).allowed).toBe(false);
      }),
    );
  });

  it('never more than the grant says, never what support is never given, never a host, never elsewhere', () => {
    fc.assert(
      fc.property(anyFacts, anyVm, (facts, machine) => {
        const rights = rightsOn({ ...facts, role: null }, machine);
        for (const right of rights) {
          expect(facts.support?.rights).toContain(right);
          expect(SUPPORT_RIGHTS).toContain(right);
        }
        if (machine.tenantId !== facts.tenantId || machine.isControlDomain) expect(rights).toEqual([]);
      }),
    );
  });

  it('a grant of support gives a member nothing besides', () => {
    fc.assert(
      fc.property(anyFacts, anyVm, fc.constantFrom(...TENANT_ROLES), (facts, machine, role) => {
        const member = { ...facts, role };
        expect(supportOf(member)).toBeNull();
        expect(rightsOn(member, machine)).toEqual(rightsOn({ ...member, support: null }, machine));
      }),
    );
  });

  it('in the organisation it finds machines, and does nothing else', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...TENANT_ACTS), (facts, act) => {
        const stranger = { ...facts, role: null };
        const may = canInTenant(stranger, act).allowed;
        if (may) expect(SUPPORT_ACTS).toContain(act);
        expect(may && personStanding(stranger) !== null).toBe(false);
      }),
    );
  });

  it('nobody who works for the provider gives support, and nobody of a customer’s comes as it', () => {
    for (const role of ['operator', 'support'] as const)
      expect(ACTS_OF_ROLE[role]).not.toContain('support.manage');
    for (const role of ['admin', 'member', 'auditor'] as const)
      expect(ACTS_OF_ROLE[role]).not.toContain('support.enter');
    expect(ROLES_OF_KIND.customer).not.toContain('support');
  });
});

describe('a person who is locked', () => {
  const locked: Facts = {
    ...olga,
    support: null,
    role: 'owner',
    locks: [{ id: 'l', target: { kind: 'person', personId: 'olga' } }],
  };

  it('changes nothing in the organisation, and reads as before', () => {
    expect(isLocked(locked)).toBe(true);
    for (const act of ACTS_CLOSED_BY_LOCK)
      expect(canInTenant(locked, act)).toEqual({ allowed: false, reason: 'locked' });
    expect(canInTenant(locked, 'log.read').allowed).toBe(true);
  });

  it('is nobody else, nor whom another kind of lock is over', () => {
    for (const target of [
      { kind: 'tenant' },
      { kind: 'vm', vmId: 'vm-1' },
      { kind: 'pool', poolId: 'p-1' },
      { kind: 'person', personId: 'ana' },
    ] as const)
      expect(canInTenant({ ...locked, locks: [{ id: 'l', target }] }, 'locks.manage').allowed).toBe(true);
  });
});
