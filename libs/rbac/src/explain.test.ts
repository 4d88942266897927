import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { can, rightsOn } from './can.ts';
import { explain } from './explain.ts';
import type { Facts, GrantFact, VmFacts } from './facts.ts';
import { BUNDLES, RIGHTS, TENANT_ROLES, VM_ROLES } from './rights.ts';

const now = new Date('2026-05-03T14:00:00Z');
const vm: VmFacts = { id: 'vm-1', tenantId: 't-1', poolId: 'p-1', tags: ['prod'], isControlDomain: false };
const member: Facts = {
  now,
  tenantId: 't-1',
  tenantSuspended: false,
  personId: 'mira',
  personDisabled: false,
  sessionAlive: true,
  factorAt: null,
  factorPolicy: { required: false, consoleMaxAgeMs: null },
  role: 'member',
  grants: [],
  locks: [],
};
const byTeam: GrantFact = {
  id: 'team',
  role: 'operator',
  rights: BUNDLES.operator,
  target: { kind: 'tag', tag: 'prod' },
  team: 'On-call',
  endsAt: null,
};
const byJon: GrantFact = {
  id: 'jon',
  role: 'viewer',
  rights: BUNDLES.viewer,
  target: { kind: 'vm', vmId: 'vm-1' },
  team: null,
  endsAt: new Date(now.getTime() + 1_000),
};

describe('explain', () => {
  it('names every grant that gives something, not only the longest', () => {
    const { rights, because, barred } = explain({ ...member, grants: [byTeam, byJon] }, vm);
    expect(rights).toEqual(['look', 'type', 'clipboard', 'power', 'media']);
    expect(because).toEqual([
      { kind: 'grant', grantId: 'team', rights: ['look', 'type', 'clipboard', 'power', 'media'] },
      { kind: 'grant', grantId: 'jon', rights: ['look'] },
    ]);
    expect(barred).toBeNull();
  });

  it('names the place in the organisation', () => {
    expect(explain({ ...member, role: 'owner' }, vm).because).toMatchObject([{ kind: 'role' }]);
    expect(explain({ ...member, role: 'auditor' }, vm).because).toEqual([]);
  });

  it('says what is in the way of what would be given', () => {
    const locked = { ...member, grants: [byTeam], locks: [{ id: 'l', target: { kind: 'tenant' } as const }] };
    expect(explain(locked, vm)).toMatchObject({
      rights: [],
      barred: 'locked',
      because: [{ grantId: 'team' }],
    });
    expect(explain({ ...member, grants: [byTeam], tenantSuspended: true }, vm).barred).toBe(
      'tenant-suspended',
    );
    expect(explain(member, vm)).toEqual({ rights: [], barred: null, because: [] });
  });

  it('never says more or less than can() decides', () => {
    const grants = fc.array(
      fc.record({
        id: fc.uuid(),
        role: fc.constantFrom(null, ...VM_ROLES),
        rights: fc.subarray([...RIGHTS]),
        target: fc.constantFrom<GrantFact['target']>({ kind: 'all' }, { kind: 'tag', tag: 'prod' }),
        team: fc.constant(null),
        endsAt: fc.constantFrom(null, new Date(now.getTime() - 1), new Date(now.getTime() + 1)),
      }),
      { maxLength: 5 },
    );
    const where = fc.record({ isControlDomain: fc.boolean(), tenantId: fc.constantFrom('t-1', 't-2') });
    fc.assert(
      fc.property(fc.constantFrom(null, ...TENANT_ROLES), grants, where, (role, list, place) => {
        const facts = { ...member, role, grants: list };
        const machine = { ...vm, ...place };
        const { rights, because, barred } = explain(facts, machine);
        expect(rights).toEqual(rightsOn(facts, machine));
        if (barred === null && rights.length > 0) {
          const given = new Set(because.flatMap((one) => [...one.rights]));
          expect(RIGHTS.filter((right) => can(facts, right, machine).allowed)).toEqual(
            RIGHTS.filter((right) => given.has(right)),
          );
        }
      }),
    );
  });
});
