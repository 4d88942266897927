// The demo's people and machines: invented, and the same for `npm start` and the browser tests.

export const DEMO_PASSWORD = 'porthole-demo-2026';

export interface DemoTenant {
  slug: string;
  name: string;
  kind: 'customer' | 'provider';
}

export const DEMO_TENANTS: readonly DemoTenant[] = [
  { slug: 'northgate', name: 'Northgate Hosting', kind: 'provider' },
  { slug: 'acme', name: 'Acme', kind: 'customer' },
  { slug: 'globex', name: 'Globex', kind: 'customer' },
];

export interface DemoPerson {
  name: string;
  email: string;
  tenant: string;
  role: 'owner' | 'admin' | 'member' | 'auditor' | 'operator';
  /** Shown in the table of sign-ins; null for people who only fill the house. */
  tryAs: string | null;
}

export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    name: 'Mira Lang',
    email: 'mira@acme.example',
    tenant: 'acme',
    role: 'member',
    tryAs: 'customer: two machines of hers',
  },
  {
    name: 'Jon Weber',
    email: 'jon@acme.example',
    tenant: 'acme',
    role: 'admin',
    tryAs: 'team admin: all of Acme, and who may use what',
  },
  { name: 'Ana Ruiz', email: 'ana@acme.example', tenant: 'acme', role: 'auditor', tryAs: 'auditor: the log' },
  {
    name: 'Olga Operator',
    email: 'olga@northgate.example',
    tenant: 'northgate',
    role: 'operator',
    tryAs: 'operator: the pools',
  },
  { name: 'Ada Berg', email: 'ada@acme.example', tenant: 'acme', role: 'owner', tryAs: null },
  { name: 'Tom Otto', email: 'tom@acme.example', tenant: 'acme', role: 'member', tryAs: null },
  {
    name: 'Gus Hall',
    email: 'gus@globex.example',
    tenant: 'globex',
    role: 'owner',
    tryAs: 'another customer: none of Acme’s machines',
  },
  { name: 'Pat Moor', email: 'pat@northgate.example', tenant: 'northgate', role: 'owner', tryAs: null },
];

/** Who gives what to whom once the machines are there. */
export const DEMO_GRANTS = [
  {
    by: 'jon@acme.example',
    to: 'mira@acme.example',
    vm: 'web-01',
    role: 'operator',
    reason: 'Runs the shop',
  },
  { by: 'jon@acme.example', to: 'mira@acme.example', vm: 'db-01', role: 'viewer', reason: 'Watches backups' },
] as const;

/** Machines with the tag go to the customer; the rest stays with the provider. */
export const DEMO_ALLOTMENTS = [
  { tag: 'acme', holder: 'acme' },
  { tag: 'globex', holder: 'globex' },
] as const;
