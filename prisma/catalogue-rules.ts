import type { Catalogue } from './catalogue.ts';

/**
 * What must hold whatever the snapshot says: a snapshot can be taken of a mistake, these cannot. Every table is named
 * in exactly one class (architecture §3).
 */
export const TENANT_TABLES = [
  'access_grant',
  'access_request',
  'allotment',
  'api_token',
  'audit_event',
  'audit_head',
  'check_run',
  'console_hub',
  'console_seat',
  'console_ticket',
  'emergency_lock',
  'guest_link',
  'guest_visit',
  'host',
  'host_session',
  'host_trust',
  'invitation',
  'membership',
  'pool',
  'pool_credential',
  'pool_probe',
  'power_operation',
  'request_confirmation',
  'sso_connection',
  'sso_domain',
  'support_grant',
  'team',
  'team_member',
  'tenant',
  'tenant_policy',
  'vm',
] as const;
export const IDENTITY_TABLES = [
  'login_session',
  'mail',
  'mail_token',
  'passkey',
  'passkey_challenge',
  'pending_sign_in',
  'person',
  'recovery_code',
  'sso_attempt',
  'sso_identity',
  'totp',
] as const;
export const PLATFORM_TABLES = ['_prisma_migrations', 'pool_lease', 'rate_counter', 'relay'] as const;

/** Unique over all organisations, each with why it tells nobody anything. */
const UNIQUE_ACROSS_TENANTS: Record<string, string> = {
  'tenant (id)': 'the organisation’s own key',
  'tenant (slug)': 'names in addresses are the platform’s; only who may make organisations could probe them',
  'vm (id)': 'a random uuid by which the door’s functions find it',
  'sso_domain (domain) where (verified_at IS NOT NULL)':
    'a domain counts for one organisation, which its DNS vouched for',
  'console_ticket (id)': 'a random uuid by which the door’s functions find it',
  'console_ticket (secret_hash)': 'a hash of 256 random bits',
  'guest_visit (digest)': 'a hash of 200 random bits',
  'api_token (digest)': 'a hash of 200 random bits',
};

/** Functions that need no rights of their own. */
const INVOKER_FUNCTIONS = new Set(['actor_of', 'audit_refuse_change', 'base64_of', 'source_of']);

const CONTEXT = `(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid`;
const BY = (column: string) => `(${column} = ${CONTEXT})`;

const VM_POLICIES = [
  `holder permissive all to porthole_portal,porthole_relay using ${BY('tenant_id')} check ${BY('tenant_id')}`,
  `owner_reads permissive select to porthole_portal using ${BY('pool_tenant_id')} check -`,
  `owner_writes permissive all to porthole_worker using ${BY('pool_tenant_id')} check ${BY('pool_tenant_id')}`,
];

/** The worker looks for what is asked of a pool under its owner, whoever holds the machine. */
const POWER_READS = `owner_reads permissive select to porthole_worker using ${BY('pool_tenant_id')} check -`;

/** One sentence for each rule that is broken. */
export function brokenRules(found: Catalogue): string[] {
  return [
    ...brokenClasses(found),
    ...brokenPolicies(found),
    ...brokenReferences(found),
    ...brokenUniques(found),
    ...brokenFunctions(found),
    ...brokenRoles(found),
    ...brokenRights(found),
  ];
}

function brokenClasses({ tables }: Catalogue): string[] {
  const guarded: readonly string[] = [...TENANT_TABLES, ...IDENTITY_TABLES];
  const known = new Set<string>([...guarded, ...PLATFORM_TABLES]);
  const ours = tables.filter((line) => line.startsWith('public.'));
  const names = ours.map((line) => /^public\.(\S+)/.exec(line)?.[1] ?? line);
  return [
    ...names.filter((name) => !known.has(name)).map((name) => `table ${name} is in no class`),
    ...[...known].filter((name) => !names.includes(name)).map((name) => `table ${name} is missing`),
    ...guarded
      .filter((name) => !ours.includes(`public.${name} porthole_owner rls forced`))
      .map((name) => `row-level security of ${name} is not on and forced, or its owner is another`),
    ...tables
      .filter((line) => !line.startsWith('public.') && !line.startsWith('graphile_worker.'))
      .map((line) => `a table stands in an unknown schema: ${line}`),
  ];
}

function brokenPolicies({ policies }: Catalogue): string[] {
  const of = (table: string) =>
    policies.flatMap((line) =>
      line.startsWith(`public.${table} `) ? [line.slice(`public.${table} `.length)] : [],
    );
  const expected = (table: string): string[] => {
    if (table === 'vm') return VM_POLICIES;
    const by = BY(table === 'tenant' ? 'id' : 'tenant_id');
    const tenant = `tenant permissive all to public using ${by} check ${by}`;
    return table === 'power_operation' ? [POWER_READS, tenant] : [tenant];
  };
  const identity = ['portal permissive all to porthole_portal using true check true'];
  return [
    ...TENANT_TABLES.map((table) => ({ table, want: expected(table) })),
    ...IDENTITY_TABLES.map((table) => ({ table, want: identity })),
    ...PLATFORM_TABLES.map((table) => ({ table, want: [] })),
  ]
    .filter(({ table, want }) => want.join('\n') !== of(table).join('\n'))
    .map(({ table }) => `the policies of ${table} are not those of its class`);
}

function brokenReferences({ references }: Catalogue): string[] {
  const tenantTables: readonly string[] = TENANT_TABLES;
  return references.flatMap((line) => {
    const parts = /^(\S+) \((\S+)\) -> (\S+) \((\S+)\) update (\w) /.exec(line);
    if (parts === null) return [`unreadable reference ${line}`];
    const [, from = '', own = '', to = '', other = '', update] = parts;
    const names = own.split(',').flatMap((column, at) => [[column, other.split(',')[at]] as const]);
    const isInside = tenantTables.includes(from) && tenantTables.includes(to);
    const carries = names.some(
      ([mine, theirs]) =>
        (mine === 'tenant_id' || mine === 'pool_tenant_id') &&
        theirs === (to === 'tenant' ? 'id' : 'tenant_id'),
    );
    return [
      ...(update === 'r' ? [] : [`reference ${from} -> ${to} is not ON UPDATE RESTRICT`]),
      ...(isInside && !carries ? [`reference ${from} -> ${to} does not carry the organisation`] : []),
    ];
  });
}

function brokenUniques({ uniques }: Catalogue): string[] {
  const tenantTables: readonly string[] = TENANT_TABLES;
  return uniques
    .filter((line) => {
      const [, table = '', columns = ''] = /^(\S+) \(([^)]*)\)/.exec(line) ?? [];
      const named = columns.split(',');
      return (
        tenantTables.includes(table) &&
        !named.includes('tenant_id') &&
        !named.includes('pool_tenant_id') &&
        !Object.hasOwn(UNIQUE_ACROSS_TENANTS, line)
      );
    })
    .map((line) => `unique across organisations: ${line}`);
}

function brokenFunctions({ functions }: Catalogue): string[] {
  return functions.flatMap((line) => {
    const name = /^\S+ (\w+)\(/.exec(line)?.[1] ?? line;
    const how = INVOKER_FUNCTIONS.has(name) ? 'invoker' : 'definer';
    return [
      ...(line.startsWith('porthole_door ') ? [] : [`function ${name} does not belong to the door`]),
      ...(line.includes(` ${how} search_path=pg_catalog, pg_temp;`)
        ? []
        : [`function ${name} is not ${how} with the empty search path`]),
      ...(/executed by [^;]*PUBLIC/.test(line) ? [`function ${name} may be executed by everybody`] : []),
    ];
  });
}

function brokenRoles({ roles, memberships }: Catalogue): string[] {
  const expected = [
    'porthole_courier login',
    'porthole_door bypassrls',
    'porthole_owner login createdb inherit',
    'porthole_portal login',
    'porthole_relay login',
    'porthole_worker login',
  ];
  return [
    ...roles
      .filter((line) => !expected.includes(line))
      .map((line) => `role is more or less than it should be: ${line}`),
    ...memberships
      .filter((line) => line !== 'porthole_owner in porthole_door set')
      .map((line) => `unexpected membership: ${line}`),
  ];
}

function brokenRights({ rights, schemas }: Catalogue): string[] {
  const runtime = /^porthole_(?:portal|relay|worker|courier): /;
  return [
    ...[...rights, ...schemas]
      .filter((line) => line.startsWith('PUBLIC'))
      .map((line) => `open to everybody: ${line}`),
    ...rights
      .filter(
        (line) =>
          runtime.test(line) && /(?:insert|update|delete|truncate) .*on public\.audit_/.test(`${line} `),
      )
      .map((line) => `the audit log can be written past its function: ${line}`),
    ...rights.filter(
      (line) => /\btruncate\b|\breferences\b|\btrigger\b/.test(line) && line.includes(' on public.'),
    ),
    ...rights
      .filter((line) => /^porthole_(?:portal|relay|courier): .* on graphile_worker\./.test(line))
      .map((line) => `the queue is open past ask_worker(): ${line}`),
    ...rights
      .filter((line) => line.startsWith('porthole_courier: '))
      .map((line) => `the courier has more than its functions: ${line}`),
    ...schemas
      .filter((line) => /^porthole_\w+: .*create/.test(line))
      .map((line) => `may make things: ${line}`),
  ];
}
