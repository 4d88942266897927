import { randomBytes, randomUUID } from 'node:crypto';
import { HashGate, hashPassword, newFactorKey, parseFactorKey } from '@porthole/auth';
import { createDb, type Db } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { createLogger } from '@porthole/logger';
import type { TenantRole, VmRole } from '@porthole/rbac';
import { generateKeyPair, keyRing, openAsWorker, parsePrivateKey, parsePublicKey } from '@porthole/vault';
import pg from 'pg';
import { createTestDatabase } from '../../../../../tools/postgres/test-database.ts';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import type { OnChange } from '../live/change-feed.ts';
import { EpochReader } from '../live/epoch-reader.ts';

export const ORIGIN = 'https://console.example';
export const PIN = Array(32).fill('AA').join(':');
export const PASSWORD = 'correct horse battery';

/** Who is who in every test of a use-case. */
const CAST = {
  mira: { tenant: 'acme', role: 'member' },
  jon: { tenant: 'acme', role: 'admin' },
  ana: { tenant: 'acme', role: 'auditor' },
  tom: { tenant: 'acme', role: 'member' },
  gus: { tenant: 'globex', role: 'owner' },
  olga: { tenant: 'northgate', role: 'operator' },
} as const satisfies Record<string, { tenant: string; role: TenantRole }>;
export type Name = keyof typeof CAST;

const TENANTS = { northgate: 'provider', acme: 'customer', globex: 'customer' } as const;
type Slug = keyof typeof TENANTS;

export type Fixture = Awaited<ReturnType<typeof createFixture>>;

/** A migrated database with three organisations, their people and no machine, and the deps of a portal over it. */
export async function createFixture() {
  const database = await createTestDatabase();
  const db = createDb({ url: database.url('portal') });
  const root = new pg.Pool({ connectionString: database.url('superuser'), max: 2 });
  root.on('error', () => undefined);
  const lines: string[] = [];
  const keys = generateKeyPair();
  const deps: Deps = {
    origin: ORIGIN,
    logger: createLogger({ app: 'test', destination: { write: (line: string) => void lines.push(line) } }),
    db,
    clock: () => new Date(),
    signUp: true,
    gate: new HashGate(),
    vaultPublicKey: parsePublicKey(keys.publicPem, 'test'),
    factorKey: parseFactorKey(newFactorKey().reveal()),
    ssoKey: parseFactorKey(newFactorKey().reveal()),
    fetch: () => Promise.reject(new Error('no issuer here')),
    resolveText: () => Promise.resolve([]),
    changes: new FakeFeed(),
    epochs: new EpochReader(db),
  };
  const tenants = await seedTenants(db);
  const people = await seedPeople(db, tenants);
  return {
    db,
    deps,
    root,
    lines,
    keys,
    tenants,
    people,
    portalUrl: database.url('portal'),
    databaseUrl: database.url,
    sql: async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
      (await root.query(text, values)).rows,
    actor: (name: Name) => actorOf(root, tenants, people, name),
    end: async () => {
      await db.close();
      await root.end();
      await database.drop();
    },
  };
}

/** Hands hints on by hand. */
export class FakeFeed {
  readonly subscribers = new Set<OnChange>();

  subscribe(_personId: string, onChange: OnChange): () => void {
    this.subscribers.add(onChange);
    return () => void this.subscribers.delete(onChange);
  }

  tell(...change: Parameters<OnChange>): void {
    for (const subscriber of this.subscribers) subscriber(...change);
  }
}

async function seedTenants(db: Db): Promise<Record<Slug, string>> {
  const ids = { northgate: randomUUID(), acme: randomUUID(), globex: randomUUID() };
  for (const slug of ['northgate', 'acme', 'globex'] as const)
    await db.withTenant(ids[slug], (tx) =>
      tx.tenant.create({
        data: { id: ids[slug], slug, name: slug.toUpperCase(), kind: TENANTS[slug] },
        select: { id: true },
      }),
    );
  return ids;
}

async function seedPeople(db: Db, tenants: Record<Slug, string>): Promise<Record<Name, string>> {
  const passwordHash = await hashPassword(new Secret(PASSWORD));
  const ids: Partial<Record<Name, string>> = {};
  for (const [name, { tenant, role }] of entriesOf(CAST)) {
    const personId = randomUUID();
    ids[name] = personId;
    await db.withTenant(tenants[tenant], async (tx) => {
      const email = emailOf(name);
      await tx.person.create({ data: { id: personId, name, email, passwordHash }, select: { id: true } });
      await tx.membership.create({
        data: { tenantId: tenants[tenant], personId, role },
        select: { personId: true },
      });
    });
  }
  const { mira, jon, ana, tom, gus, olga } = ids;
  if (!mira || !jon || !ana || !tom || !gus || !olga) throw new Error('somebody of the cast is missing');
  return { mira, jon, ana, tom, gus, olga };
}

export function emailOf(name: Name): string {
  return `${name}@${CAST[name].tenant}.example`;
}

/** The person as an actor in their organisation, with a living login session. */
async function actorOf(
  root: pg.Pool,
  tenants: Record<Slug, string>,
  people: Record<Name, string>,
  name: Name,
): Promise<Actor> {
  const { tenant, role } = CAST[name];
  const loginSessionId = randomUUID();
  await root.query(
    `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
     VALUES ($1, $2, $3, $4, now() + interval '12 hours')`,
    [loginSessionId, randomBytes(32).toString('hex'), randomBytes(32), people[name]],
  );
  return {
    personId: people[name],
    personName: name,
    email: emailOf(name),
    loginSessionId,
    lastInputAt: new Date(),
    factorAt: null,
    confirmedAt: new Date(),
    ip: '192.0.2.7',
    tenantId: tenants[tenant],
    slug: tenant,
    tenantName: tenant.toUpperCase(),
    tenantKind: TENANTS[tenant],
    role,
  };
}

/** Adds a pool of the provider. */
export async function addPoolRow(fixture: Fixture, name = 'Frankfurt'): Promise<string> {
  const id = randomUUID();
  await fixture.sql(
    `INSERT INTO pool (tenant_id, id, display_name, address, pin, state)
     VALUES ($1, $2, $3, '10.0.0.1', '${PIN}', 'connected')`,
    [fixture.tenants.northgate, id, name],
  );
  return id;
}

export interface VmOptions {
  name: string;
  holder?: Slug;
  poolId: string;
  tags?: string[];
  powerState?: string;
  screen?: boolean;
  text?: boolean;
  screenSwitchedOff?: boolean;
  isControlDomain?: boolean;
}

/** Adds a machine as the worker would: running, with both consoles, unless said otherwise. */
export async function addVm(fixture: Fixture, options: VmOptions): Promise<string> {
  const id = randomUUID();
  const { holder = 'acme', tags = [], powerState = 'Running', screen = true, text = true } = options;
  await fixture.sql(
    `INSERT INTO vm (tenant_id, id, pool_tenant_id, pool_id, uuid, name, tags, power_state, screen_console_ref,
       text_console_ref, screen_switched_off, is_control_domain)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::power_state, $9, $10, $11, $12)`,
    [
      fixture.tenants[holder],
      id,
      fixture.tenants.northgate,
      options.poolId,
      randomUUID(),
      options.name,
      tags,
      powerState,
      screen ? 'OpaqueRef:00000000-0000-0000-0000-000000000001' : null,
      text ? 'OpaqueRef:00000000-0000-0000-0000-000000000002' : null,
      options.screenSwitchedOff ?? false,
      options.isControlDomain ?? false,
    ],
  );
  return id;
}

/** Gives a grant on a machine straight into the table. */
export async function addGrant(
  fixture: Fixture,
  grant: { to: Name; vmId: string; role: VmRole; endsAt?: Date },
): Promise<string> {
  const id = randomUUID();
  await fixture.sql(
    `INSERT INTO access_grant (tenant_id, id, person_id, vm_id, role, ends_at) VALUES ($1, $2, $3, $4, $5::vm_role, $6)`,
    [
      fixture.tenants[CAST[grant.to].tenant],
      id,
      fixture.people[grant.to],
      grant.vmId,
      grant.role,
      grant.endsAt ?? null,
    ],
  );
  return id;
}

/** A relay that has just beaten. */
export async function addRelay(fixture: Fixture, id: string, seats = 0): Promise<void> {
  await fixture.sql('INSERT INTO relay (id, seats) VALUES ($1, $2)', [id, seats]);
}

/** Puts a person on a console, as a relay that admitted them. */
export async function addSeat(
  fixture: Fixture,
  seat: { tenant: Slug; person: Name; vmId: string; rights?: string[] },
): Promise<string> {
  const { tenant, person, vmId, rights = ['look', 'type'] } = seat;
  const tenantId = fixture.tenants[tenant];
  const [hubId, id] = [randomUUID(), randomUUID()];
  // One living hub for each console; an ended one holds as many seats of a test as are wanted.
  await fixture.sql(
    `INSERT INTO console_hub (tenant_id, id, vm_id, kind, relay_id, lease_until, ended_at)
     VALUES ($1, $2, $3, 'screen', 'relay-1', now(), now())`,
    [tenantId, hubId, vmId],
  );
  await fixture.sql(
    `INSERT INTO console_seat (tenant_id, id, hub_id, ticket_id, person_id, person_name, login_session_id, vm_id, vm_name,
       kind, relay_id, rights)
     SELECT $1, $2, $3, gen_random_uuid(), $4, $5, gen_random_uuid(), $6, coalesce((SELECT name FROM vm WHERE id = $6), ''),
       'screen', 'relay-1', $7`,
    [tenantId, id, hubId, fixture.people[person], person, vmId, rights],
  );
  return id;
}

/** The password of a pool, as the worker opens it for a pin. @throws VaultError where it was sealed for another */
export async function openPassword(
  fixture: Fixture,
  poolId: string,
  pin: string,
  boundTo = poolId,
): Promise<string> {
  const [sealed] = await fixture.sql('SELECT * FROM pool_credential WHERE pool_id = $1', [poolId]);
  const bytes = (name: string) => new Uint8Array(Buffer.from(Object(sealed)[name]));
  const ring = keyRing([parsePrivateKey(new Secret(fixture.keys.privatePem.reveal()), 'test')]);
  return openAsWorker(
    ring,
    {
      kid: String(sealed?.kid),
      epk: bytes('epk'),
      wrapIv: bytes('wrap_iv'),
      wrappedDek: bytes('wrapped_dek'),
      wrapTag: bytes('wrap_tag'),
      iv: bytes('iv'),
      ct: bytes('ct'),
      tag: bytes('tag'),
    },
    { tenantId: fixture.tenants.northgate, poolId: boundTo, field: 'inventory', pin },
  ).reveal();
}

/** The events of an organisation's log, oldest first, as far as tests look at them. */
export async function eventsOf(fixture: Fixture, tenant: Slug | 'platform') {
  const id = tenant === 'platform' ? '00000000-0000-0000-0000-000000000000' : fixture.tenants[tenant];
  const rows = await fixture.sql('SELECT payload FROM audit_event WHERE tenant_id = $1 ORDER BY seq', [id]);
  return rows.map(({ payload }): Record<string, unknown> => JSON.parse(String(payload)));
}

function entriesOf<K extends string, V>(record: Record<K, V>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
