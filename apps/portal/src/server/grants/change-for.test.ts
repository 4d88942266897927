import {
  BUNDLES,
  type Facts,
  type GrantTarget,
  type LockTarget,
  type TenantRole,
  type VmFacts,
  type VmRole,
} from '@porthole/rbac';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeFor, kindsOf } from './change-for.ts';

const IDS = ['vm-0', 'vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5'];
const POOLS = ['p-0', 'p-1'];
const TAGS = ['prod', 'qa', 'p-0'];

const machines = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(...IDS),
    tenantId: fc.constant('t-1'),
    poolId: fc.constantFrom(...POOLS),
    tags: fc.subarray(TAGS),
    isControlDomain: fc.boolean(),
  }),
  { selector: ({ id }) => id },
);
const targets = fc.oneof(
  fc.constantFrom(...IDS).map((vmId) => ({ kind: 'vm', vmId }) as const),
  fc.constantFrom(...TAGS).map((tag) => ({ kind: 'tag', tag }) as const),
  fc.constant({ kind: 'all' } as const),
);
const locked = fc.oneof(
  fc.constantFrom(...IDS).map((vmId) => ({ kind: 'vm', vmId }) as const),
  fc.constantFrom(...POOLS).map((poolId) => ({ kind: 'pool', poolId }) as const),
);
const people = fc.array(
  fc.record({
    role: fc.constantFrom<TenantRole>('member', 'auditor', 'admin'),
    grants: fc.array(
      fc.record({ role: fc.constantFrom<VmRole>('viewer', 'operator', 'manager'), target: targets }),
      {
        maxLength: 3,
      },
    ),
    locks: fc.array(locked, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 3 },
);

interface Drawn {
  role: TenantRole;
  grants: readonly { role: VmRole; target: GrantTarget }[];
  locks: readonly LockTarget[];
}

function factsOf({ role, grants, locks }: Drawn): Facts {
  return {
    now: new Date('2026-05-03T14:00:00Z'),
    tenantId: 't-1',
    tenantSuspended: false,
    personId: 'mira',
    personDisabled: false,
    sessionAlive: true,
    factorAt: null,
    factorPolicy: { required: false, consoleMaxAgeMs: null },
    role,
    grants: grants.map((grant, at) => ({
      ...grant,
      id: `g-${at}`,
      rights: BUNDLES[grant.role],
      team: null,
      endsAt: null,
    })),
    locks: locks.map((target, at) => ({ id: `l-${at}`, target })),
  };
}

describe('machines that are alike', () => {
  it('change for everybody as each machine alone does', () => {
    fc.assert(
      fc.property(machines, people, fc.constantFrom<VmRole>('viewer', 'operator'), (vms, drawn, role) => {
        const everybody = drawn.map(factsOf);
        const kindsFor = kindsOf(vms, everybody);
        for (const facts of everybody) {
          const alone = vms.map((vm) => ({ vm, count: 1 }));
          expect(changeFor(facts, BUNDLES[role], kindsFor(facts))).toEqual(
            changeFor(facts, BUNDLES[role], alone),
          );
        }
      }),
    );
  });

  it('are one, but for who has a grant on one of them', () => {
    const vms = IDS.map(
      (id): VmFacts => ({ id, tenantId: 't-1', poolId: 'p-0', tags: [], isControlDomain: false }),
    );
    const without = factsOf({ role: 'member', grants: [], locks: [] });
    const withOne = factsOf({
      role: 'member',
      grants: [{ role: 'viewer', target: { kind: 'vm', vmId: 'vm-0' } }],
      locks: [],
    });
    const kindsFor = kindsOf(vms, [without, withOne]);
    expect(kindsFor(without).map(({ count }) => count)).toEqual([6]);
    expect(kindsFor(withOne).map(({ vm, count }) => [vm.id, count])).toEqual([
      ['vm-5', 5],
      ['vm-0', 1],
    ]);
  });
});
