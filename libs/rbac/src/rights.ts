/** What one may do with one machine: the action names of `can()` (architecture §3). */
export const RIGHTS = [
  'look',
  'type',
  'clipboard',
  'power',
  'force-power',
  'media',
  'share',
  'host-console',
] as const;
export type Right = (typeof RIGHTS)[number];

/** Roles on a machine: named bundles of rights, each containing the one before. */
export const VM_ROLES = ['viewer', 'operator', 'manager'] as const;
export type VmRole = (typeof VM_ROLES)[number];

const VIEWER = ['look'] as const satisfies readonly Right[];
const OPERATOR = [...VIEWER, 'type', 'clipboard', 'power', 'media'] as const satisfies readonly Right[];
const MANAGER = [...OPERATOR, 'force-power', 'share', 'host-console'] as const satisfies readonly Right[];

/**
 * The bundles, readable as documentation. `host-console` is in Manager because it means something on control
 * domains alone, and {@link can} opens those to nobody without it.
 */
export const BUNDLES: Record<VmRole, readonly Right[]> = {
  viewer: VIEWER,
  operator: OPERATOR,
  manager: MANAGER,
};

/** What may be given by itself: `host-console` means something on control domains alone and comes with Manager. */
export const SINGLE_RIGHTS = [
  'look',
  'type',
  'clipboard',
  'power',
  'force-power',
  'media',
  'share',
] as const satisfies readonly Right[];

/** What a grant gives: the rights of its role, or single ones where it has none. */
export function rightsGiven({
  role,
  rights,
}: {
  role: VmRole | null;
  rights: readonly Right[];
}): readonly Right[] {
  return role === null ? rights : BUNDLES[role];
}

/** Roles in an organisation; `operator` and `support` exist in the provider's own one. */
export const TENANT_ROLES = ['owner', 'admin', 'member', 'auditor', 'operator', 'support'] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

/** The roles that people of an organisation can have. */
export const ROLES_OF_KIND: Record<'customer' | 'provider', readonly TenantRole[]> = {
  customer: ['owner', 'admin', 'member', 'auditor'],
  provider: TENANT_ROLES,
};

/**
 * Whether who has the first role may give, change or take the second: owners all, everybody else all but the owners'.
 * That they may change roles at all is `people.manage`.
 */
export function mayHandle(actor: TenantRole, role: TenantRole): boolean {
  return actor === 'owner' || role !== 'owner';
}

/** Which bundle a role in the organisation gives on every machine that the organisation holds, without a grant. */
export const STANDING_BUNDLE: Record<TenantRole, VmRole | null> = {
  owner: 'manager',
  admin: 'manager',
  member: null,
  auditor: null,
  operator: 'manager',
  support: null,
};

/** Acts that concern the organisation and no single machine. */
export const TENANT_ACTS = [
  'machines.list',
  'people.list',
  'people.invite',
  'people.manage',
  'teams.manage',
  'organisations.manage',
  'log.read',
  'pools.read',
  'pools.manage',
  'grants.list',
  'consoles.list',
  'policy.read',
  'policy.change',
  'support.read',
  'support.manage',
  'support.enter',
  'locks.read',
  'locks.manage',
] as const;
export type TenantAct = (typeof TENANT_ACTS)[number];

/** What a person who is locked may not do meanwhile, whatever their role: an account in the wrong hands changes nothing. */
export const ACTS_CLOSED_BY_LOCK: readonly TenantAct[] = [
  'people.invite',
  'people.manage',
  'teams.manage',
  'organisations.manage',
  'pools.manage',
  'policy.change',
  'support.manage',
  'support.enter',
  'locks.manage',
];

/** What who runs an organisation may do in it. */
const RUNS = [
  'machines.list',
  'people.list',
  'log.read',
  'grants.list',
  'consoles.list',
  'pools.read',
  'policy.read',
  'policy.change',
  'locks.read',
  'locks.manage',
] as const satisfies readonly TenantAct[];

/** Who runs an organisation's people: who belongs to it and as what. */
const RUNS_PEOPLE = [
  ...RUNS,
  'people.invite',
  'people.manage',
  'teams.manage',
  'support.read',
  'support.manage',
] as const satisfies readonly TenantAct[];

/**
 * Who may do which of them. The provider's operators alone manage pools in this table; `organisations.manage` and
 * `support.enter` mean something in the provider's own organisation alone, `support.read` and `support.manage` in a customer's,
 * and the use-cases and the database see to that.
 */
export const ACTS_OF_ROLE: Record<TenantRole, readonly TenantAct[]> = {
  owner: [...RUNS_PEOPLE, 'organisations.manage', 'support.enter'],
  admin: RUNS_PEOPLE,
  member: ['machines.list', 'people.list'],
  auditor: [
    'machines.list',
    'people.list',
    'log.read',
    'grants.list',
    'consoles.list',
    'policy.read',
    'support.read',
    'locks.read',
  ],
  operator: [...RUNS, 'teams.manage', 'pools.manage', 'organisations.manage', 'support.enter'],
  support: ['machines.list', 'pools.read', 'support.enter'],
};
