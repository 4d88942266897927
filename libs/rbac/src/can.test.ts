import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertCan, can, canInTenant, canOpen, earliestEnd, rightsOn } from './can.ts';
import type { Facts, GrantFact, VmFacts } from './facts.ts';
import { BUNDLES, RIGHTS, TENANT_ROLES, VM_ROLES, type VmRole } from './rights.ts';

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

function grant(role: VmRole, over: Partial<GrantFact> = {}): GrantFact {
  return {
    id: `g-${role}`,
    role,
    rights: BUNDLES[role],
    target: { kind: 'vm', vmId: 'vm-1' },
    team: null,
    endsAt: null,
    ...over,
  };
}

describe('can', () => {
  it.each([
    ['viewer', ['look']],
    ['operator', ['look', 'type', 'clipboard', 'power', 'media']],
    ['manager', ['look', 'type', 'clipboard', 'power', 'force-power', 'media', 'share']],
  ] as const)('gives a %s exactly its bundle', (role, rights) => {
    expect(rightsOn({ ...member, grants: [grant(role)] }, vm)).toEqual(rights);
  });

  it('gives exactly the single rights of a grant without a role', () => {
    const single = { ...grant('viewer'), role: null, rights: ['look', 'power'] } as const;
    expect(rightsOn({ ...member, grants: [single] }, vm)).toEqual(['look', 'power']);
  });

  it('gives nothing where a team of the actor is locked', () => {
    const locked = { ...member, locks: [{ id: 'l', target: { kind: 'team', teamId: 'on-call' } as const }] };
    expect(can({ ...locked, grants: [grant('manager')] }, 'look', vm)).toEqual({
      allowed: false,
      reason: 'locked',
    });
  });

  it('covers by machine, by tag and by all, and by nothing else', () => {
    const look = (target: GrantFact['target']) =>
      can({ ...member, grants: [grant('viewer', { target })] }, 'look', vm).allowed;
    expect(look({ kind: 'all' })).toBe(true);
    expect(look({ kind: 'tag', tag: 'prod' })).toBe(true);
    expect(look({ kind: 'tag', tag: 'test' })).toBe(false);
    expect(look({ kind: 'vm', vmId: 'vm-2' })).toBe(false);
  });

  it('keeps control domains to who holds host-console, and host-console to control domains', () => {
    const dom0 = { ...vm, isControlDomain: true };
    expect(rightsOn({ ...member, grants: [grant('operator')] }, dom0)).toEqual([]);
    expect(rightsOn({ ...member, grants: [grant('manager')] }, dom0)).toContain('host-console');
    expect(rightsOn({ ...member, grants: [grant('manager')] }, vm)).not.toContain('host-console');
  });

  it('gives owners and admins every machine, auditors none', () => {
    expect(can({ ...member, role: 'owner' }, 'type', vm).allowed).toBe(true);
    expect(can({ ...member, role: 'admin' }, 'share', vm).allowed).toBe(true);
    expect(rightsOn({ ...member, role: 'auditor' }, vm)).toEqual([]);
    expect(canInTenant({ ...member, role: 'auditor' }, 'log.read').allowed).toBe(true);
    expect(canInTenant(member, 'log.read').allowed).toBe(false);
  });

  it('names the grant that lasts longest as the reason, and the first end for the timer', () => {
    const soon = new Date(now.getTime() + 1000);
    const facts = {
      ...member,
      grants: [grant('viewer', { id: 'short', endsAt: soon }), grant('viewer', { id: 'long' })],
    };
    expect(can(facts, 'look', vm)).toEqual({
      allowed: true,
      because: { kind: 'grant', grantId: 'long', endsAt: null },
    });
    expect(earliestEnd(facts, vm)).toEqual(soon);
  });
});

describe('assertCan', () => {
  it('tells who may not look nothing but absence', () => {
    expect(() => assertCan(member, 'look', vm)).toThrow(expect.objectContaining({ code: 'vm/not-found' }));
    expect(() => assertCan(member, 'type', vm)).toThrow(expect.objectContaining({ code: 'vm/not-found' }));
  });

  it('tells who may look that this is not included', () => {
    const viewer = { ...member, grants: [grant('viewer')] };
    expect(() => assertCan(viewer, 'type', vm)).toThrow(expect.objectContaining({ code: 'rbac/forbidden' }));
    expect(() => assertCan(viewer, 'look', vm)).not.toThrow();
  });
});

describe('the laws', () => {
  const grants = fc.array(
    fc.record({
      id: fc.uuid(),
      role: fc.constantFrom(null, ...VM_ROLES),
      rights: fc.subarray([...RIGHTS]),
      target: fc.constantFrom<GrantFact['target']>(
        { kind: 'all' },
        { kind: 'tag', tag: 'prod' },
        { kind: 'vm', vmId: 'vm-1' },
        { kind: 'vm', vmId: 'vm-2' },
      ),
      team: fc.constantFrom(null, 'On-call'),
      endsAt: fc.constantFrom(null, new Date(now.getTime() - 1), new Date(now.getTime() + 60_000)),
    }),
    { maxLength: 6 },
  );
  const actor = fc.record({ role: fc.constantFrom(null, ...TENANT_ROLES), grants });
  const anyRight = fc.constantFrom(...RIGHTS);
  const machine = fc.record({ isControlDomain: fc.boolean(), tenantId: fc.constantFrom('t-1', 't-2') });

  it('no member without a grant has a right', () => {
    fc.assert(fc.property(anyRight, (right) => !can(member, right, vm).allowed));
  });

  it('an ended grant gives nothing', () => {
    const ended = grants.map((list) => list.map((one) => ({ ...one, endsAt: now })));
    fc.assert(
      fc.property(ended, anyRight, (list, right) => !can({ ...member, grants: list }, right, vm).allowed),
    );
  });

  it('another grant never removes a right', () => {
    fc.assert(
      fc.property(actor, machine, grants, (who, where, more) => {
        const before = rightsOn({ ...member, ...who }, { ...vm, ...where });
        const after = rightsOn({ ...member, ...who, grants: [...who.grants, ...more] }, { ...vm, ...where });
        return before.every((right) => after.includes(right));
      }),
    );
  });

  it('tenants never mix', () => {
    fc.assert(
      fc.property(
        actor,
        anyRight,
        (who, right) => !can({ ...member, ...who }, right, { ...vm, tenantId: 't-2' }).allowed,
      ),
    );
  });

  it('locks, suspension, a disabled person and an ended session win over everything', () => {
    const stops: Partial<Facts>[] = [
      { locks: [{ id: 'l', target: { kind: 'tenant' } }] },
      { locks: [{ id: 'l', target: { kind: 'person', personId: 'mira' } }] },
      { locks: [{ id: 'l', target: { kind: 'vm', vmId: 'vm-1' } }] },
      { locks: [{ id: 'l', target: { kind: 'pool', poolId: 'p-1' } }] },
      { tenantSuspended: true },
      { personDisabled: true },
      { sessionAlive: false },
    ];
    fc.assert(
      fc.property(
        actor,
        anyRight,
        fc.constantFrom(...stops),
        (who, right, stop) => !can({ ...member, ...who, ...stop }, right, vm).allowed,
      ),
    );
  });

  it('who may type may look: each bundle contains the one before', () => {
    const [viewer, operator, manager] = VM_ROLES.map((role) => BUNDLES[role]);
    expect(viewer?.every((right) => operator?.includes(right))).toBe(true);
    expect(operator?.every((right) => manager?.includes(right))).toBe(true);
  });
});

describe('a second factor that the organisation asks for', () => {
  const holder: Facts = { ...member, grants: [grant('operator')] };
  const required = { required: true, consoleMaxAgeMs: null };

  it('gives nothing to a session that proved none', () => {
    const without: Facts = { ...holder, role: 'owner', factorPolicy: required };
    expect(can(without, 'look', vm)).toEqual({ allowed: false, reason: 'factor-missing' });
    expect(canInTenant(without, 'policy.read')).toEqual({ allowed: false, reason: 'factor-missing' });
    expect(can({ ...without, factorAt: new Date(0) }, 'look', vm).allowed).toBe(true);
  });

  it('counts when a console opens, and leaves what is open alone', () => {
    const stale: Facts = {
      ...holder,
      factorAt: new Date(now.getTime() - 60_001),
      factorPolicy: { required: false, consoleMaxAgeMs: 60_000 },
    };
    expect(canOpen(stale, 'look', vm)).toEqual({ allowed: false, reason: 'factor-stale' });
    expect(canOpen(stale, 'look', vm, 1_000).allowed).toBe(true);
    expect(canOpen({ ...stale, factorAt: null }, 'look', vm).allowed).toBe(false);
    expect(canOpen({ ...stale, factorAt: now }, 'look', vm).allowed).toBe(true);
    expect(can(stale, 'look', vm).allowed).toBe(true);
  });

  it('opens nothing by itself', () => {
    expect(canOpen({ ...member, factorAt: now, factorPolicy: required }, 'look', vm).allowed).toBe(false);
  });
});
